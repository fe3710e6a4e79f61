"""CSV and JSON Lines: by DuckDB where it can, else line by line."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import NUMERIC, literal, quoted
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.steps.write import WriteCsv, WriteJsonLines

_ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def write_csv(job: Job, step: WriteCsv, target: Path) -> int:
    """Writes a CSV file; the number of rows."""
    columns = job.table.columns
    easy = step.line_ending == "lf" and step.quoting in {"minimal", "all"} and step.compression != "bz2"
    if easy and codecs.lookup(step.encoding).name == "utf-8":
        values = {column.name: job.text(column, step.errors) if job.broken(column) else quoted(column.name) for column in columns}
        options = [
            "FORMAT csv", f"HEADER {str(step.header).lower()}", f"DELIMITER {literal(step.delimiter)}",
            f"NULLSTR {literal(step.missing)}", f"COMPRESSION {step.compression}",
        ]  # fmt: skip
        options += ["FORCE_QUOTE *"] if step.quoting == "all" else []
        return job.copied(job.select(values), target, ", ".join(options))
    return _by_lines(job, step, target)


def _by_lines(job: Job, step: WriteCsv, target: Path) -> int:
    import pyarrow as pa

    columns = job.table.columns
    ending = _ENDINGS[step.line_ending]
    fields = [_field(step, column.name, numeric=column.type in NUMERIC or column.type == "boolean") for column in columns]
    encoder = codecs.getincrementalencoder(step.encoding)()
    rows = 0
    with pa.output_stream(str(target), compression=None if step.compression == "none" else step.compression) as stream:
        if step.header:
            names = [_field(step, column.name, numeric=False)(column.name) for column in columns]
            _write(stream, encoder, step, step.delimiter.join(names) + ending)
        for batch in job.batches(job.select({column.name: job.text(column, step.errors) for column in columns})):
            texts = [[field(value) for value in batch.column(at).to_pylist()] for at, field in enumerate(fields)]
            lines = [step.delimiter.join(row) + ending for row in zip(*texts, strict=True)]
            _write(stream, encoder, step, "".join(lines))
            rows += batch.num_rows
    return rows


def _write(stream: IO[bytes], encoder: codecs.IncrementalEncoder, step: WriteCsv, text: str) -> None:
    try:
        stream.write(encoder.encode(text))
    except UnicodeEncodeError as error:
        raise UserError(
            f"The sign '{error.object[error.start]}' cannot be written in {step.encoding}.", hint="Choose utf-8.", place=step.path
        ) from error


def _field(step: WriteCsv, name: str, *, numeric: bool) -> Callable[[str | None], str]:
    """How a column's texts are written."""
    special = {step.delimiter, '"', "\n", "\r"}
    always = step.quoting == "all" or (step.quoting == "nonnumeric" and not numeric)

    def field(text: str | None) -> str:
        if text is None:
            return step.missing
        risky = any(sign in text for sign in special)
        if step.quoting == "none":
            if risky:
                raise UserError(
                    f"A value of {name} holds the delimiter, a quote or a line break, and nothing is to be quoted.",
                    hint="Let the step quote what would be misread, or choose another delimiter.", place=step.path,
                )  # fmt: skip
            return text
        return '"' + text.replace('"', '""') + '"' if always or risky or text == step.missing else text

    return field


def write_json_lines(job: Job, step: WriteJsonLines, target: Path) -> int:
    """Writes a JSON Lines file; the number of rows."""
    values: dict[str, Any] = {}
    for column in job.table.columns:
        name = quoted(column.name)
        values[column.name] = f"CASE WHEN isfinite({name}) THEN {name} END" if column.type == "decimal" else name
    return job.copied(job.select(values), target, f"FORMAT json, COMPRESSION {step.compression}")
