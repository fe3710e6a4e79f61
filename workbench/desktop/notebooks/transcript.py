"""What a kernel said, as entries to show: built from its messages, live ones and recorded ones alike."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.desktop.notebooks.htmltable import HtmlTable, read_table

EntryKind = Literal["input", "output", "warning", "result", "error", "image", "table", "note"]
MAX_TEXT = 400_000


@dataclass
class Entry:
    """One piece of the console. `count` is the execution's number, `parent` the id of the request that it belongs to."""

    kind: EntryKind
    text: str = ""
    count: int | None = None
    parent: str = ""
    image: bytes = b""
    table: HtmlTable | None = None


@dataclass
class Transcript:
    """Entries in order; `feed` says what changed. Pure, and for one thread at a time.

    A message that came before (by its id) changes nothing, so that a record and a live connection may overlap.
    """

    entries: list[Entry] = field(default_factory=list)
    busy: bool = False
    cleared_to: int = 0
    _seen: set[str] = field(default_factory=set)
    _clear_next: str = ""

    def feed(self, message: Mapping[str, Any]) -> int | None:
        """Takes one message of the kernel's output channel; returns the first entry that changed, None when none did."""
        header = message.get("header") or {}
        kind = header.get("msg_type") or message.get("msg_type") or ""
        content = message.get("content") or {}
        if (identity := str(header.get("msg_id") or "")) in self._seen and identity:
            return None
        self._seen.add(identity)
        parent = str((message.get("parent_header") or {}).get("msg_id") or "")
        if kind == "status":
            self.busy = content.get("execution_state") == "busy"
            return None
        if kind == "clear_output":
            return self._clear(parent, wait=bool(content.get("wait")))
        entry = _entry(kind, content, parent)
        if entry is None:
            return None
        if self._clear_next == parent and parent and entry.kind != "input":
            self._clear_next = ""
            first = self._clear(parent, wait=False)
            self._add(entry)
            return first if first is not None else len(self.entries) - 1
        return self._add(entry)

    def note(self, text: str) -> int:
        """Adds a line of our own."""
        self.entries.append(Entry("note", text))
        return len(self.entries) - 1

    def _add(self, entry: Entry) -> int:
        last = self.entries[-1] if self.entries else None
        if last and entry.kind in {"output", "warning"} and last.kind == entry.kind and last.parent == entry.parent:
            last.text = (last.text + entry.text)[-MAX_TEXT:]
            return len(self.entries) - 1
        self.entries.append(entry)
        return len(self.entries) - 1

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


def _entry(kind: str, content: Mapping[str, Any], parent: str) -> Entry | None:
    match kind:
        case "execute_input":
            return Entry("input", str(content.get("code", "")), content.get("execution_count"), parent)
        case "stream":
            return Entry("warning" if content.get("name") == "stderr" else "output", str(content.get("text", "")), None, parent)
        case "error":
            lines = content.get("traceback") or [f"{content.get('ename')}: {content.get('evalue')}"]
            return Entry("error", "\n".join(map(str, lines)), None, parent)
        case "execute_result" | "display_data":
            return _shown(content, parent)
        case _:
            return None


def _shown(content: Mapping[str, Any], parent: str) -> Entry | None:
    data = content.get("data") or {}
    count = content.get("execution_count")
    text = str(data.get("text/plain", ""))
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            try:
                return Entry("image", text, count, parent, image=base64.b64decode(str(data[mime])))
            except ValueError:
                break
    if table := read_table(str(data.get("text/html", ""))):
        return Entry("table", text, count, parent, table=table)
    if not text:
        text = str(data.get("text/markdown") or data.get("text/latex") or f"[{', '.join(data)}]")
    return Entry("result", text, count, parent)
