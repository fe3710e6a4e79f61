"""What a kernel said, as entries to show: built from its messages, live ones and recorded ones alike."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workbench.desktop.notebooks.ansi import overwrite
from workbench.desktop.notebooks.htmltable import HtmlTable, read_table

EntryKind = Literal["input", "output", "warning", "result", "error", "image", "table", "note", "markdown"]
MAX_LINES = 2_000
"""Lines of one stream of one execution that are shown; the kernel's record has all."""
MAX_LINE = 4_000
_TOO_LONG = MAX_LINE + 80
MAX_ENTRIES = 600
RECORD_TAIL = 8_000_000
"""Bytes of a record that are read when a console is opened again."""
RESTARTED = "The kernel was restarted: its variables are gone."
_STREAMS = {"output", "warning"}


@dataclass
class Entry:
    """One piece of the console. `count` is the execution's number, `parent` the id of the request that it belongs to.

    A stream grows at its end and, once it is too long, loses lines at its front: `first_line` says how many, `start` how many
    characters. `revision` rises when it changed in another way.
    """

    kind: EntryKind
    text: str = ""
    count: int | None = None
    parent: str = ""
    image: bytes = b""
    table: HtmlTable | None = None
    display: str = ""
    start: int = 0
    first_line: int = 0
    revision: int = 0

    def add(self, text: str) -> None:
        """More of a stream."""
        head, break_, line = self.text.rpartition("\n")
        tail = line + text
        if "\r" in tail:
            tail = overwrite(tail)
            self.revision += 1
        if len(tail) > MAX_LINE and any(len(part) > _TOO_LONG for part in tail.split("\n")):
            tail = "\n".join(map(_short_line, tail.split("\n")))
            self.revision += 1
        self.text = head + break_ + tail
        surplus = self.text.count("\n") - MAX_LINES
        if surplus > MAX_LINES // 4:
            place = -1
            for _ in range(surplus):
                place = self.text.index("\n", place + 1)
            self.text, self.start, self.first_line = self.text[place + 1 :], self.start + place + 1, self.first_line + surplus


def _short_line(line: str) -> str:
    return line if len(line) <= _TOO_LONG else f"{line[:MAX_LINE]} … ({len(line) - MAX_LINE:,} more characters)"


@dataclass
class Transcript:
    """Entries in order; `feed` says what changed. Pure, and for one thread at a time.

    A message that came before (by its id) changes nothing, so that a record and a live connection may overlap.
    """

    entries: list[Entry] = field(default_factory=list)
    busy: bool = False
    count: int = 0
    _seen: set[str] = field(default_factory=set)
    _clear_next: str = ""

    def feed(self, message: Mapping[str, Any]) -> int | None:
        """Takes one message of the kernel's output channel; returns the first entry that changed, None when none did."""
        header = message.get("header") or {}
        kind = header.get("msg_type") or message.get("msg_type") or ""
        content = message.get("content") or {}
        identity = str(header.get("msg_id") or "")
        if identity and identity in self._seen:
            return None
        self._seen.add(identity)
        asked = message.get("parent_header") or {}
        parent = str(asked.get("msg_id") or "")
        if kind == "status":
            # Completions make a kernel busy for a moment as well: only what was run counts.
            if asked.get("msg_type", "execute_request") == "execute_request":
                self.busy = content.get("execution_state") == "busy"
            return None
        if kind == "clear_output":
            return self._clear(parent, wait=bool(content.get("wait")))
        entry = as_entry(kind, content, parent)
        if entry is None:
            return None
        if kind == "update_display_data":
            return self._update(entry)
        return self._take(entry)

    def feed_all(self, messages: Iterable[Mapping[str, Any]]) -> int | None:
        """Takes several messages; returns the first entry that changed."""
        changed = [first for message in messages if (first := self.feed(message)) is not None]
        return min(changed, default=None)

    def note(self, text: str) -> int:
        """Adds a line of our own."""
        self.entries.append(Entry("note", text))
        return len(self.entries) - 1

    def inputs(self) -> list[str]:
        """What was run, the oldest first."""
        return [entry.text for entry in self.entries if entry.kind == "input"]

    def clear(self) -> None:
        """Forgets all entries; messages that came before stay known."""
        self.entries.clear()

    def _take(self, entry: Entry) -> int:
        if self._clear_next and self._clear_next == entry.parent and entry.kind != "input":
            self._clear_next = ""
            first = self._clear(entry.parent, wait=False)
            place = self._add(entry)
            return place if first is None else min(first, place)
        first = len(self.entries)
        if entry.kind == "input" and entry.count:
            fresh = entry.count <= self.count and not (self.entries and self.entries[-1].text == RESTARTED)
            self.count = entry.count
            if fresh:
                self.note(RESTARTED)
        place = min(first, self._add(entry))
        if len(self.entries) > MAX_ENTRIES:
            del self.entries[: MAX_ENTRIES // 4]
            self.entries.insert(0, Entry("note", "Earlier output is not shown; the kernel's record has all of it."))
            return 0
        return place

    def _add(self, entry: Entry) -> int:
        last = self.entries[-1] if self.entries else None
        if last and entry.kind in _STREAMS and last.kind == entry.kind and last.parent == entry.parent:
            last.add(entry.text)
            return len(self.entries) - 1
        if entry.kind in _STREAMS:
            text, entry.text = entry.text, ""
            entry.add(text)
        self.entries.append(entry)
        return len(self.entries) - 1

    def _update(self, entry: Entry) -> int | None:
        for place, old in enumerate(self.entries):
            if entry.display and old.display == entry.display:
                entry.parent, entry.count = old.parent, old.count
                self.entries[place] = entry
                return place
        return None

    def _clear(self, parent: str, *, wait: bool) -> int | None:
        if wait:
            self._clear_next = parent
            return None
        kept = [entry for entry in self.entries if entry.parent != parent or entry.kind == "input"]
        if len(kept) == len(self.entries):
            return None
        first = next(i for i, entry in enumerate(self.entries) if i >= len(kept) or entry is not kept[i])
        self.entries[:] = kept
        return first


def as_entry(kind: str, content: Mapping[str, Any], parent: str = "") -> Entry | None:
    """A kernel's message (or an output of a notebook file, which has the same form) as an entry; None when it shows nothing."""
    match kind:
        case "execute_input":
            return Entry("input", str(content.get("code", "")), content.get("execution_count"), parent)
        case "stream":
            return Entry("warning" if content.get("name") == "stderr" else "output", str(content.get("text", "")), None, parent)
        case "error":
            lines = content.get("traceback") or [f"{content.get('ename')}: {content.get('evalue')}"]
            return Entry("error", "\n".join(map(str, lines)), None, parent)
        case "execute_result" | "display_data" | "update_display_data":
            return _shown(content, parent)
        case _:
            return None


def _shown(content: Mapping[str, Any], parent: str) -> Entry | None:
    data = content.get("data") or {}
    count = content.get("execution_count")
    display = str((content.get("transient") or {}).get("display_id") or "")
    text = str(data.get("text/plain", ""))
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            try:
                return Entry("image", text, count, parent, image=base64.b64decode(str(data[mime])), display=display)
            except ValueError:
                break
    if table := read_table(str(data.get("text/html", ""))):
        return Entry("table", text, count, parent, table=table, display=display)
    if "text/markdown" in data:
        return Entry("markdown", str(data["text/markdown"]), count, parent, display=display)
    if not text and data:
        text = str(data.get("text/latex") or f"[{', '.join(data)}: open the notebook in JupyterLab to see it]")
    entry = Entry("result", "", count, parent, display=display)
    entry.add(text)
    return entry if text else None


def read_record(path: str) -> Transcript:
    """What a kernel has said so far, from its record; of a very long one the end. A torn last line is left for later."""
    transcript = Transcript()
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - RECORD_TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return transcript
    if size > RECORD_TAIL:
        del lines[0]
        transcript.note(f"Earlier output is not shown; all of it is in {path}")
    for line in lines[:-1]:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict):
            transcript.feed(message)
    return transcript
