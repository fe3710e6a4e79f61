"""The kinds of files that are no text: told by what a file begins with, each described by its own reader."""

from __future__ import annotations

from pathlib import Path

from workbench.dataprep.sources.specs import SourceSpec

EXCEL = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
JSON = {".json", ".jsonl", ".ndjson", ".geojson"}
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
"""What files begin with that are compressed by gzip, bzip2, xz or zstd."""
ZIP = b"PK\x03\x04"


def detect_kind(path: Path, head: bytes) -> SourceSpec | None:
    """How a file that begins with `head` is read; None for plain text, and for what no reader knows.

    Raises UserError with one sentence for a file of a known kind that is damaged or holds no table.
    """
    suffix = path.suffix.lower()
    if head.startswith(b"PAR1"):
        from workbench.dataprep.sources.readers.parquet import detect_parquet

        return detect_parquet((path,))
    if head.startswith((b"ARROW1", b"FEA1")) or _is_stream(head, suffix):
        from workbench.dataprep.sources.readers.arrow import detect_arrow

        return detect_arrow(path)
    if head.startswith(b"SQLite format 3\0"):
        from workbench.dataprep.sources.readers.sql import detect_sqlite

        return detect_sqlite(path)
    if is_packed(path, head):
        from workbench.dataprep.sources.places import detect_packed

        return detect_packed(path)
    if head.startswith((ZIP, b"\xd0\xcf\x11\xe0")):
        from workbench.dataprep.sources.readers.excel import detect_excel

        return detect_excel(path)
    if suffix == ".py":
        from workbench.dataprep.sources.specs import ScriptSpec

        return ScriptSpec()
    if looks_like_json(head, suffix):
        from workbench.dataprep.sources.readers.json import detect_json

        return detect_json(path)
    return None


def is_packed(path: Path, head: bytes) -> bool:
    """Whether a file is compressed, or a ZIP archive of data files (no workbook)."""
    if head.startswith(PACKED):
        return True
    return head.startswith(ZIP) and path.suffix.lower() not in EXCEL and not _is_workbook(path)


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype") if names[:1] == ["mimetype"] else b""
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, KeyError, RuntimeError, EOFError):
        return False
    return kind.startswith(b"application/vnd.oasis") or any(name.startswith(("xl/workbook.", "xl\\workbook.")) for name in names)


def _is_stream(head: bytes, suffix: str) -> bool:
    return suffix in {".arrow", ".arrows", ".feather", ".ipc"} or (head[:4] == b"\xff\xff\xff\xff" and len(head) > 8)


def looks_like_json(head: bytes, suffix: str) -> bool:
    """Whether text is JSON: it begins as JSON does and its first value, or first line, is complete JSON."""
    text = decoded_head(head)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if suffix in JSON:
        return start in {"{", "["} or (bool(start) and suffix in {".jsonl", ".ndjson"})
    if start not in {"{", "["}:
        return False
    return _begins_with_record(text.lstrip("\ufeff \t\r\n"))


def decoded_head(head: bytes) -> str:
    """The start of a file as text, whatever of the Unicode encodings it has."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    return head.decode("utf-8-sig", errors="replace")


def _begins_with_record(text: str) -> bool:
    """Whether a text begins with an object that has a name in quotes (or is empty), or a list that ends or holds such a one."""
    import json
    import re

    if re.match(r'(\[\s*)*\{\s*("(?:[^"\\]|\\.)*"\s*:|\}\s*(\]|$))', text):
        return True
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    rest = text[end:].lstrip(" \t")
    return not rest or rest[0] in "\r\n"
