"""A notebook file as a transcript: read in a worker, nothing of it is run."""

import base64
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.desktop.notebooks.transcript import Entry, Transcript, as_entry

_LIMIT = 60_000_000


@dataclass(frozen=True)
class Preview:
    """What a notebook shows: its entries, how many cells it has, and the sentence for an empty one."""

    transcript: Transcript
    cells: int
    language: str


def read_notebook(path: Path) -> Preview:
    """Reads a notebook of any version. Raises NotFound, EnvironmentError_ and UserError with the place."""
    try:
        if path.stat().st_size > _LIMIT:
            raise UserError(
                f"{path.name} is {path.stat().st_size / 1e6:.0f} MB, too large for a preview.",
                hint="Open it in JupyterLab.",
                place=str(path),
            )
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is not there any more.", hint="Refresh the list.", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is no text, so it is no notebook.", place=str(path)) from error
    except OSError as error:
        raise EnvironmentError_(f"{path.name} could not be read: {error.strerror or error}.", place=str(path)) from error
    return _preview(_parse(text, path))


def _parse(text: str, path: Path) -> Mapping[str, Any]:
    # Without nbformat's validation: a preview of a slightly wrong file is better than none.
    from nbformat import converter, reader

    if not text.strip():
        raise UserError(f"{path.name} is empty, so it is no notebook.", hint="Delete it, and make a new one.", place=str(path))
    try:
        notebook: Mapping[str, Any] = converter.convert(reader.reads(text), 4)
    except Exception as error:
        # nbformat raises what it comes across in a broken file: KeyError, AttributeError, its own classes.
        raise UserError(f"{path.name} is not a notebook that can be read: {_first_line(error)}.", place=str(path)) from error
    if not isinstance(notebook.get("cells"), list):
        raise UserError(f"{path.name} is not a notebook: it has no cells.", place=str(path))
    return notebook


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]


def _preview(notebook: Mapping[str, Any]) -> Preview:
    transcript = Transcript()
    cells = [cell for cell in notebook["cells"] if isinstance(cell, Mapping)]
    for cell in cells:
        source = _text(cell.get("source"))
        match cell.get("cell_type"):
            case "markdown":
                transcript.entries.append(Entry("markdown", source))
                transcript.entries += _attachments(cell)
            case "code":
                if source.strip() or cell.get("outputs"):
                    transcript.entries.append(Entry("input", source, cell.get("execution_count")))
                for output in cell.get("outputs") or ():
                    if isinstance(output, Mapping) and (entry := _output(output)):
                        transcript.entries.append(entry)
            case _:
                if source.strip():
                    transcript.entries.append(Entry("result", source))
    metadata = notebook.get("metadata") or {}
    language = (metadata.get("language_info") or {}).get("name") or (metadata.get("kernelspec") or {}).get("language") or ""
    return Preview(transcript, len(cells), str(language))


def _output(output: Mapping[str, Any]) -> Entry | None:
    content: dict[str, Any] = dict(output)
    if "text" in content:
        content["text"] = _text(content["text"])
    data = content.get("data") or {}
    content["data"] = {mime: value if mime.endswith("json") else _text(value) for mime, value in data.items()}
    entry = as_entry(str(output.get("output_type", "")), content)
    if entry is not None and entry.kind in {"output", "warning"}:
        text, entry.text = entry.text, ""
        entry.add(text)
    return entry


def _attachments(cell: Mapping[str, Any]) -> list[Entry]:
    found = []
    for bundle in (cell.get("attachments") or {}).values():
        for mime, value in bundle.items():
            if mime in {"image/png", "image/jpeg"}:
                with contextlib.suppress(ValueError):
                    found.append(Entry("image", image=base64.b64decode(_text(value))))
    return found


def _text(value: object) -> str:
    """nbformat's multi-line strings are lists in the file."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")
