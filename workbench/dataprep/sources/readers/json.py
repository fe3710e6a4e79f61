"""JSON and JSON Lines: read by DuckDB, in one go where all values fit, else value by value so that what does not fit is kept."""

from __future__ import annotations

import codecs
import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.dataprep.columns import ColumnInfo, ColumnType, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.guessing import guess_column
from workbench.dataprep.sources.loading import NESTED, Given, create, missing_file, typed
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.reader import FileReader, Loaded
from workbench.dataprep.sources.specs import JsonSpec, Question, SourceColumn

if TYPE_CHECKING:
    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample

_WHOLE = 32 << 20
"""Up to this size (bytes) all records are looked at to find out their fields."""
_SOME = 50_000
"""So many records of a larger file are looked at."""
_DOCUMENT = 256 << 20
"""The largest document (bytes) whose rows stand deep inside it."""
_TRIED = 2000
_UTF8 = frozenset({"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"})
_SCALARS: dict[str, ColumnType] = {
    "BIGINT": "integer", "UBIGINT": "integer", "HUGEINT": "integer", "DOUBLE": "decimal", "BOOLEAN": "boolean",
}  # fmt: skip


class JsonReader(FileReader[JsonSpec]):
    """A JSON file."""

    def scan(self) -> str | None:
        spec = self._spec
        if (
            spec.records
            or spec.values
            or spec.encoding.lower() not in _UTF8
            or any(c.format or c.origin is not None for c in spec.columns)
        ):
            return None
        if any(column.type in NESTED and not column.nested for column in spec.columns):
            return None
        form = {"lines": "newline_delimited", "array": "array", "objects": "unstructured"}[spec.form]
        fields = ", ".join(f"{literal(column.name)}: '{_quick_type(column)}'" for column in spec.columns)
        chosen = ", ".join(f"{_strict(column)} AS {quoted(column.name)}" for column in spec.columns)
        return (
            f"SELECT {chosen} FROM read_json({literal(str(self._path))}, format='{form}', columns={{{fields}}}, "  # noqa: S608
            f"{_limits(self._path)})"
        )

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        import duckdb

        path, spec = self._path, self._spec
        if not path.is_file():
            raise missing_file(path)

        def read(select: str) -> Loaded:
            with store.cursor() as cursor:
                try:
                    return create(
                        cursor, table, select, spec.columns, path.name, sample=sample, cancel=cancel, progress=progress
                    )  # fmt: skip
                except (duckdb.InvalidInputException, duckdb.ConversionException, UnicodeDecodeError) as error:
                    with contextlib.suppress(duckdb.Error):
                        cursor.execute(f"DROP TABLE IF EXISTS {table}")
                    raise _Unfit(_reason(error)) from error

        quick = self.scan()
        if quick is not None:
            with contextlib.suppress(_Unfit):
                return read(quick)
        with _readable(path, spec.encoding, store.file.with_name(f"{store.file.name}.{new_id()[:8]}.json")) as readable:
            try:
                return read(_careful(readable, spec))
            except _Unfit as error:
                raise broken(path, str(error)) from error


def _reason(error: Exception) -> str:
    """DuckDB's message; where it quotes bytes that are no text Python cannot read it."""
    return "it holds bytes that are no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


class _Unfit(Exception):
    """DuckDB met something that is not as it should be."""


def _quick_type(column: SourceColumn) -> str:
    """As what the quick way reads a type: whole numbers as DOUBLE, since DuckDB would round 1.5 to 2 without a word."""
    match column.type:
        case "integer" | "decimal":
            return "DOUBLE"
        case "struct" | "list":
            return ColumnInfo(column.name, column.type, column.nested).duckdb_type
        case _:
            return "VARCHAR"


def _strict(column: SourceColumn) -> str:
    name = quoted(column.name)
    match column.type:
        case "integer":
            whole = f"{name} = floor({name}) AND abs({name}) < 9007199254740992"
            return f"CASE WHEN {name} IS NULL THEN NULL WHEN {whole} THEN CAST({name} AS BIGINT) ELSE error('no whole number') END"
        case "decimal":
            return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
        case "boolean" | "time" | "timestamp_tz" | "date" | "timestamp":
            # what only the careful way reads rightly has another length or signs, and fails here
            return _strict_text(name, column.type)
        case _:
            return name


_SHAPES = {
    "boolean": "true|false",
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?",
    "timestamp": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?",
    "timestamp_tz": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)",
}


def _strict_text(name: str, type_: ColumnType) -> str:
    kind = {"boolean": "BOOLEAN", "time": "TIME", "timestamp_tz": "TIMESTAMPTZ", "date": "DATE", "timestamp": "TIMESTAMP"}[type_]
    fits = f"regexp_full_match({name}, {literal(_SHAPES[type_])})"
    return f"CASE WHEN {name} IS NULL THEN NULL WHEN {fits} THEN CAST({name} AS {kind}) ELSE error('another form') END"


def _careful(path: Path, spec: JsonSpec) -> str:
    columns: Sequence[SourceColumn] = spec.columns
    relation = _items(path, spec)
    given = []
    for column in columns:
        item = "item" if spec.values else f"(item -> {literal(pointer(key_of(column)))})"
        failed = "wrong" if spec.form == "lines" and not spec.records else ""
        text = f"({item} ->> '$')"
        if column.type in NESTED and column.nested:
            kind = ColumnInfo(column.name, column.type, column.nested)
            bad = f"CASE WHEN TRY_CAST({item} AS {kind.duckdb_type}) IS NULL THEN {text} END"
            given.append(Given(column.name, kind, f"TRY_CAST({item} AS {kind.duckdb_type})", bad, failed))
        elif column.type in NESTED:
            given.append(Given(column.name, ColumnInfo(column.name, column.type), item, "", failed))
        else:
            given.append(Given(column.name, ColumnInfo(column.name, "string"), text, "", failed))
    return typed(given, columns, relation)


def key_of(column: SourceColumn) -> str:
    """The name of the field that a column holds."""
    return column.name if column.origin is None else column.origin


def pointer(name: str) -> str:
    """The JSON pointer (RFC 6901) of a field of a record."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _items(path: Path, spec: JsonSpec, *, only: int = 0) -> str:
    """The rows as a relation with the JSON `item`; of JSON Lines also with `wrong`, the companion of a line that is no JSON."""
    place = literal(str(path))
    if spec.records:
        document = f"read_json_objects({place}, format='unstructured', {_limits(path, _DOCUMENT)})"
        at = f"TRY_CAST(json -> {literal(spec.records)} AS JSON[])"
        return f"(SELECT unnest({at}) AS item FROM {document}{_limit(only)})"  # noqa: S608
    if spec.form != "lines":
        form = "array" if spec.form == "array" else "unstructured"
        return f"(SELECT json AS item FROM read_json_objects({place}, format='{form}', {_limits(path)}){_limit(only)})"  # noqa: S608
    lines = (
        f"read_csv({place}, columns={{'line': 'VARCHAR'}}, delim='\\x01', quote='', escape='', header=false, auto_detect=false, "
        f"strict_mode=false, max_line_size={_line_limit(path)}, buffer_size={max(32 << 20, _line_limit(path))})"
    )
    record = (
        "json_valid(line)" if spec.values else "json_valid(line) AND json_type(CASE WHEN json_valid(line) THEN line END) = 'OBJECT'"
    )
    what = "JSON" if spec.values else "record"
    return (
        f"(SELECT CASE WHEN {record} THEN CAST(line AS JSON) END AS item, "  # noqa: S608
        f"CASE WHEN {record} THEN NULL ELSE 'line ' || number || ' is no {what}' || chr(31) || line END "
        f"AS wrong FROM (SELECT line, row_number() OVER () AS number FROM {lines}) WHERE trim(line) <> ''{_limit(only)})"
    )


def _limit(only: int) -> str:
    return f" LIMIT {only}" if only else ""


def _limits(path: Path, most: int = 64 << 20) -> str:
    size = path.stat().st_size if path.exists() else 0
    return f"maximum_object_size={min(max(size + 1024, 1 << 20), most)}"


def _line_limit(path: Path) -> int:
    return min(max(path.stat().st_size + 1024, 1 << 20), 64 << 20)


@contextlib.contextmanager
def _readable(path: Path, encoding: str, target: Path) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 that is gone afterwards."""
    try:
        with path.open("rb") as file:
            plain = encoding.lower() in _UTF8 and file.read(3) != codecs.BOM_UTF8
    except FileNotFoundError as error:
        raise missing_file(path) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    if plain:
        yield path
        return
    try:
        wanted = "utf-8-sig" if encoding.lower() in _UTF8 else encoding
        with (
            path.open(encoding=wanted, errors="replace", newline="") as source,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := source.read(1 << 20):
                out.write(chunk.removeprefix("\ufeff"))
    except LookupError as error:
        raise UserError(f"There is no encoding called {encoding}.", hint="Choose another encoding, e.g. utf-8.") from error
    except OSError as error:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise disk_error(error, str(target)) from error
    try:
        yield target
    finally:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


def broken(path: Path, message: str) -> UserError:
    """The sentence for a file that is no sound JSON."""
    from workbench.dataprep.engine.store import first_line

    reason = first_line(message)
    _, _, where = reason.partition(f'"{path}", ')
    where = where or reason.rpartition('.json", ')[2] or reason
    return UserError(f"{path.name} is no sound JSON: {where.rstrip('.')}.", hint="Mend the file, or get it again.", place=str(path))


def detect_json(path: Path) -> JsonSpec:
    """How a JSON file is read. Raises UserError for one that is damaged or has no rows."""
    import tempfile

    import duckdb

    encoding = _encoding(path)
    with (
        tempfile.TemporaryDirectory(prefix="workbench-") as folder,
        _readable(path, encoding, Path(folder) / path.name) as readable,
    ):
        spec = JsonSpec(encoding=encoding, form=_form(readable))
        if spec.form == "objects":
            spec = spec.model_copy(update={"records": _records(readable)})
        try:
            with duckdb.connect() as connection:
                return _described(connection, path, readable, spec)
        except (
            duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException, UnicodeDecodeError,
            RecursionError,
        ) as error:  # fmt: skip
            raise broken(path, _reason(error)) from error
        except duckdb.Error as error:
            from workbench.dataprep.engine.store import first_line

            raise UserError(f"{path.name} cannot be read as JSON: {first_line(str(error))}.", place=str(path)) from error


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(1 << 20)
    except FileNotFoundError as error:
        raise missing_file(path) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:2] == b"\0" or head[:1] == b"\0":
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _form(path: Path) -> Literal["lines", "array", "objects"]:
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(1 << 20)
    lines = [line for line in text.splitlines()[:-1] or text.splitlines() if line.strip()][:50]
    if not lines:
        raise UserError(f"{path.name} is empty: it holds only blank lines.", hint="Choose another file.", place=str(path))
    sound = sum(_is_json(line) for line in lines)
    all_lines = [line for line in text.splitlines() if line.strip()]
    many = len(all_lines) > 1
    if path.suffix.lower() in {".jsonl", ".ndjson"} or (many and sound * 2 > len(lines) and _is_record(lines)):
        return "lines"
    return "array" if text.lstrip()[0] == "[" else "objects"


def _is_record(lines: list[str]) -> bool:
    return any(line.lstrip()[:1] in {"{", "["} and _is_json(line) for line in lines[:5])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _records(path: Path) -> str:
    """Where the rows stand in a document that is one object: the longest list of records in it; empty when there is none."""
    if path.stat().st_size > _WHOLE * 2:
        return ""
    try:
        document = json.loads(path.read_text("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return ""
    level: list[tuple[str, Any]] = [("", document)]
    for _ in range(3):
        found = [
            (len(value), at + pointer(name))
            for at, parent in level
            if isinstance(parent, dict)
            for name, value in parent.items()
            if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
        ]
        if found:
            return max(found, key=lambda item: item[0])[1]
        level = [
            (at + pointer(name), value)
            for at, parent in level
            if isinstance(parent, dict)
            for name, value in parent.items()
            if isinstance(value, dict)
        ]
    return ""


def _described(connection: Any, path: Path, readable: Path, spec: JsonSpec) -> JsonSpec:
    only = 0 if readable.stat().st_size <= _WHOLE else _SOME
    # a document with its rows deep inside is parsed as a whole in any case
    items = _items(readable, spec.model_copy(update={"values": True}), only=0 if spec.records else only)
    rows, text, records = connection.execute(
        f"SELECT count(item), json_group_structure(item), count(*) FILTER (json_type(item) = 'OBJECT') FROM {items}"  # noqa: S608
    ).fetchall()[0]
    if not rows:
        sound = "holds no sound record" if spec.form == "lines" else "holds no records"
        raise UserError(f"{path.name} {sound}.", hint="Choose another file.", place=str(path))
    if records * 2 >= rows and records < rows:  # a few strange ones among records
        items = f"(SELECT * FROM {items} WHERE json_type(item) = 'OBJECT')"  # noqa: S608
        text = connection.execute(f"SELECT json_group_structure(item) FROM {items}").fetchall()[0][0]  # noqa: S608
    structure = json.loads(text)
    values = not isinstance(structure, dict)
    keys = ["value"] if values else list(structure)
    if not keys or (values and records == rows):
        raise UserError(f"{path.name} holds only empty records.", hint="Choose another file.", place=str(path))
    names = harmless(keys)
    columns: list[SourceColumn] = []
    for key, name in zip(keys, names, strict=True):
        type_, nested = _type(structure if values else structure[key])
        columns.append(SourceColumn(name=name, type=type_, nested=nested, origin=key if key != name and not values else None))
    spec = spec.model_copy(update={"values": values, "columns": tuple(columns)})
    notes = [] if spec.encoding == "utf-8" else [f"The file is read as {spec.encoding}."]
    if spec.records:
        notes.append(f"The rows are the records at {spec.records} in the document.")
    elif only and rows >= only:
        notes.append(f"The fields are those of the first {only:,} records: fields that appear only later are not read.")
    return _with_dates(connection, items, spec.model_copy(update={"notes": tuple(notes)}))


def _with_dates(connection: Any, items: str, spec: JsonSpec) -> JsonSpec:
    """Columns of text whose values are dates or times become such; where day and month cannot be told apart it is asked."""
    texts = [column for column in spec.columns if column.type == "string"]
    if not texts:
        return spec
    chosen = ", ".join("item ->> '$'" if spec.values else f"item ->> {literal(pointer(key_of(column)))}" for column in texts)
    rows = connection.execute(f"SELECT {chosen} FROM {items} LIMIT {_TRIED}").fetchall()  # noqa: S608
    changed: dict[str, SourceColumn] = {}
    questions: list[Question] = []
    for column, values in zip(texts, zip(*rows, strict=True), strict=True):
        guess = guess_column([value for value in values if value is not None])
        if guess.type in {"date", "time", "timestamp", "timestamp_tz"} and not guess.markers:
            changed[column.name] = column.model_copy(update={"type": guess.type, "format": guess.format})
        elif question := guess.question(column.name):
            questions.append(question)
    columns = tuple(changed.get(column.name, column) for column in spec.columns)
    asked = tuple(f"{q.column} stays text until it is said whether the day or the month comes first." for q in questions)
    return spec.model_copy(update={"columns": columns, "questions": tuple(questions), "notes": (*spec.notes, *asked)})


def _type(structure: Any) -> tuple[ColumnType, str]:
    """Our type of what DuckDB's json_structure says."""
    if isinstance(structure, str):
        return _SCALARS.get(structure, "string"), ""
    nested = _nested(structure)
    if nested == "VARCHAR":
        return "string", ""
    return ("list" if isinstance(structure, list) else "struct"), nested


def _nested(structure: Any) -> str:
    """The DuckDB type; of a record whose names differ only in case it is the text of its JSON."""
    if isinstance(structure, str):
        return {"integer": "BIGINT", "decimal": "DOUBLE", "boolean": "BOOLEAN"}.get(_SCALARS.get(structure, ""), "VARCHAR")
    if isinstance(structure, list):
        return f"{_nested(structure[0]) if structure else 'VARCHAR'}[]"
    if not structure or len({name.lower() for name in structure}) < len(structure) or "" in structure:
        return "VARCHAR"
    return f"STRUCT({', '.join(f'{quoted(name)} {_nested(value)}' for name, value in structure.items())})"
