"""The commands of `python -m workbench.byexample`."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import write_atomic
from workbench.byexample import Program, learn
from workbench.byexample.fileformat import FileFormat, detect
from workbench.byexample.fileformat.encodings import decode
from workbench.byexample.fileformat.model import column_names
from workbench.byexample.printing import print_program

_SHOWN = 10
_HEAD = 1 << 20


@dataclass(frozen=True)
class Table:
    """A file that was read: names, rows without missing cells, and how it was read."""

    names: tuple[str, ...]
    rows: list[list[str]]
    format: FileFormat

    def place(self, name: str) -> int:
        """Where a column is. Raises UserError when there is none of the name."""
        if name not in self.names:
            raise UserError(f"There is no column {name}.", hint=f"The columns are: {', '.join(self.names)}.", place=name)
        return self.names.index(name)


def derive(options: argparse.Namespace) -> None:
    """Learns the output column from the rows that have it, or takes a saved program; prints, saves, fills in."""
    table = _table(options.file, named=not options.no_header)
    if options.program:
        program, columns, output = _saved(options.program)
        output = options.output or output
        inputs = [table.place(column) for column in columns]
    else:
        output = options.output or table.names[-1]
        columns = tuple(name for name in table.names if name != output)
        if not columns:
            raise UserError("There is no input column beside the output column.", hint="Give a file with at least two columns.")
        inputs = [table.place(column) for column in columns]
        program = _learned(table, inputs, table.place(output), output)
    if options.language or not (options.fill or options.save):
        _say(print_program(program, options.language or "english", columns, output))
    if options.save:
        saved = {**program.to_json(), "columns": list(columns), "output": output}
        _write(options.save, json.dumps(saved, ensure_ascii=False, indent=2) + "\n")
    if options.fill:
        names, place = table.names, table.names.index(output) if output in table.names else len(table.names)
        rows = [[*row, ""] if place == len(names) else list(row) for row in table.rows]
        for row in rows:
            if not row[place].strip():
                row[place] = program.run([row[number] for number in inputs]) or ""
        _write_table(options.fill, names if place < len(names) else (*names, output), rows, table.format)


def _learned(table: Table, inputs: Sequence[int], place: int, output: str) -> Program:
    """Learns from the rows with an output; says on stderr which of the others are worth a look."""
    pairs = [(tuple(row[number] for number in inputs), row[place]) for row in table.rows]
    examples = [(row, wanted) for row, wanted in pairs if wanted.strip()]
    if not examples:
        raise UserError(
            f"The column {output} is empty in all rows.", hint="Fill it in for one or two rows: these are the examples."
        )
    open_ = [number for number, (_, wanted) in enumerate(pairs) if not wanted.strip()]
    found = learn(examples, [pairs[number][0] for number in open_])
    if found.program is None:
        raise UserError(found.explanation)
    if found.doubtful:
        doubtful = [number for number in found.doubtful if number < len(open_)]
        rows = ", ".join(str(open_[number] + 1) for number in doubtful[:_SHOWN]) + (" ..." if len(doubtful) > _SHOWN else "")
        sys.stderr.write(f"Worth a look: row {rows}.\n")
    return found.program


def _saved(path: str) -> tuple[Program, tuple[str, ...], str]:
    """The program in a file, its input columns and its output column."""
    try:
        told = json.loads(_decoded(path))
    except ValueError as error:
        raise UserError(f"{path} is no saved program: it is not JSON.", place=path) from error
    if not isinstance(told, dict):
        raise UserError(f"{path} is no saved program.", place=path)
    columns, output = told.pop("columns", None), told.pop("output", None)
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns) or not isinstance(output, str):
        raise UserError(f"{path} is no saved program: it does not name its columns.", hint="Write it with --save.", place=path)
    program = Program.from_json(told)
    if any(number >= len(columns) for number in program.columns):
        raise UserError(f"{path} is damaged: its program reads more columns than it names.", place=path)
    return program, tuple(columns), output


def split(options: argparse.Namespace) -> None:
    """Splits a column; rows where the columns of `--parts` are filled are examples."""
    from workbench.byexample.splitting import learn_split

    table = _table(options.file, lines=options.lines)
    column = options.column or table.names[0]
    place = table.place(column)
    parts = [table.place(name) for name in options.parts]
    texts = [row[place] for row in table.rows]
    examples = [(row[place], [row[part] for part in parts]) for row in table.rows if any(row[part].strip() for part in parts)]
    found = learn_split(texts, examples, keep_delimiters=options.keep_delimiters, delimiters=options.delimiter)
    if found.conflicts:
        raise UserError(found.conflicts[0].message)
    splitter = found.splitter
    if splitter is None:
        raise UserError(found.explanation or f"Nothing separates the texts of {column}.")
    if options.language == "python":
        _say(splitter.to_python())
    elif options.language == "json":
        _say(json.dumps(splitter.to_json(), ensure_ascii=False, indent=2))
    elif options.language or not options.fill:
        _say(found.explanation)
    if options.fill:
        kept = [number for number in range(len(table.names)) if number not in parts]
        names = [*(table.names[number] for number in kept), *_part_names(table, parts, column, splitter.width)]
        rows = [[*(row[number] for number in kept), *(cell or "" for cell in splitter.run(row[place]))] for row in table.rows]
        _write_table(options.fill, names, rows, table.format)


def _part_names(table: Table, parts: Sequence[int], column: str, width: int) -> list[str]:
    if len(parts) == width:
        return [table.names[part] for part in parts]
    return [f"{column}_{number}" for number in range(1, width + 1)]


def profile(options: argparse.Namespace) -> None:
    """Prints patterns, types and outliers of each column."""
    from workbench.byexample.profiling import Profile
    from workbench.byexample.profiling import profile as profiled

    table = _table(options.file, lines=options.lines)
    found: dict[str, Profile] = {}
    for name in options.column or table.names:
        place = table.place(name)
        found[name] = profiled([row[place] for row in table.rows])
    if options.json:
        _say(json.dumps({name: one.to_json() for name, one in found.items()}, ensure_ascii=False, indent=2))
        return
    for name, one in found.items():
        kinds = ", ".join(f"{kind.kind} ({kind.share:.0%})" for kind in one.types[:3]) or "nothing"
        _say(f"{name}: {one.count:,} values, {one.distinct:,} different, {one.blank + one.missing:,} empty; looks like {kinds}")
        for pattern in one.patterns:
            _say(f"  {pattern.coverage:7.1%}  {pattern.regex}  {pattern.description}")
        for outlier in one.outliers[:_SHOWN]:
            _say(f"  row {outlier.index + 1}: {outlier.value!r}: {outlier.reason}")


def format_(options: argparse.Namespace) -> None:
    """Prints how the file is to be read."""
    text, encoding, bom, complete = _text(options.file, most=_HEAD)
    found = replace(detect(text, complete=complete), encoding=encoding, bom=bom)
    if options.json:
        _say(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    _say(found.explain())
    _say(f"Columns: {', '.join(found.names)}")
    for note in found.notes:
        _say(note)


def rename(options: argparse.Namespace) -> None:
    """Prints the new names, or writes the file with them."""
    from workbench.byexample.renaming import rename as renamed

    table = _table(options.file, named=True)
    examples: dict[str, str] = {}
    for example in options.examples:
        old, mark, new = example.partition("=")
        while mark and old not in table.names and "=" in new:  # a name may hold the mark itself
            more, _, new = new.partition("=")
            old = f"{old}={more}"
        if not mark:
            raise UserError(f"{example} is no example of a new name.", hint="Write OLD=NEW.")
        examples[old] = new
    found = renamed(table.names, examples)
    if options.json:
        told: dict[str, Any] = {"names": dict(zip(found.columns, found.names, strict=True)), "explanation": found.explain()}
        told |= {"kept": found.kept, "doubtful": found.doubtful, "clashes": found.clashes}
        _say(json.dumps(told, ensure_ascii=False, indent=2))
    elif options.fill != "-":
        _say(found.explain())
        for old, new in zip(found.columns, found.names, strict=True):
            _say(f"  {old} -> {new}" + ("  (worth a look)" if old in found.doubtful else ""))
    if options.fill:
        _write_table(options.fill, found.names, table.rows, table.format)


def _table(path: str, *, lines: bool = False, named: bool | None = None) -> Table:
    """Reads the file. `lines`: each line is one value, whatever it looks like; `named`: whether the first row has the names."""
    text, encoding, bom, _ = _text(path)
    if not text.strip():
        raise UserError(f"{_called(path)} is empty.", place=path)
    found = FileFormat("lines", names=("Column1",)) if lines else detect(text, complete=True)
    found = replace(found, encoding=encoding, bom=bom)
    names, rows = found.read(text)
    texts = [[cell if cell is not None else "" for cell in row] for row in rows]
    if named and not found.header_rows and not found.kind.startswith("json") and texts:
        names = column_names(texts.pop(0), len(names))
    elif named is False and found.header_rows == 1 and not found.header_commented:
        names, rows = replace(found, header_rows=0, names=column_names([], len(names))).read(text)
        texts = [[cell if cell is not None else "" for cell in row] for row in rows]
    if not names:
        raise UserError(f"{_called(path)} holds no columns.", place=path)
    return Table(names, texts, found)


def _decoded(path: str) -> str:
    return _text(path)[0]


def _text(path: str, most: int = -1) -> tuple[str, str, bool, bool]:
    """The text of a file or of stdin, its encoding, whether it had a byte order mark, and whether it is all of it."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(most)
        else:
            with Path(path).open("rb") as file:
                data = file.read(most)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", place=path) from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder, not a text file.", place=path) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=path) from error
    complete = most < 0 or len(data) < most
    text, encoding, bom = decode(data, complete=complete)
    return text, encoding, bom, complete


def _called(path: str) -> str:
    return "The input" if path == "-" else path


def _write_table(path: str, names: Sequence[str], rows: Iterable[Sequence[str]], format_: FileFormat) -> None:
    """As CSV with the delimiter of the input, where it has a single one."""
    out = io.StringIO()
    delimiter = format_.delimiter if len(format_.delimiter) == 1 else ","
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    _write(path, out.getvalue())


def _write(path: str, text: str) -> None:
    if path == "-":
        sys.stdout.write(text)
        return
    write_atomic(Path(path), text)


def _say(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")
