"""JSON and JSON Lines."""

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import UserError
from workbench.dataprep.sources import DataSource, detect
from workbench.dataprep.sources.specs import JsonSpec


def write(project: Path, text: str | bytes, name: str = "a.json") -> str:
    (project / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def test_that_records_are_rows_with_typed_columns(project: Path, read: Reading) -> None:
    text = '[{"i":1,"x":1.5,"b":true,"d":"2020-01-02","s":"é"},{"i":null,"x":2,"b":false,"d":null,"s":""}]'
    found = read(write(project, text))
    assert found.types == {"i": "integer", "x": "decimal", "b": "boolean", "d": "date", "s": "string"}
    assert found.rows == [(1, 1.5, True, dt.date(2020, 1, 2), "é"), (None, 2.0, False, None, "")]


def test_that_nested_values_stay_records_and_lists(project: Path, read: Reading) -> None:
    found = read(write(project, '[{"n":{"a b":1,"l":[{"z":1}]},"t":[1,2]},{"n":null,"t":[]}]'))
    assert found.types == {"n": "struct", "t": "list"}
    assert found.rows == [({"a b": 1, "l": [{"z": 1}]}, [1, 2]), (None, [])]


def test_that_a_broken_line_is_a_row_of_error_cells_with_its_number_and_text(project: Path, read: Reading) -> None:
    found = read(write(project, '{"a":1,"b":"x"}\n\nbroken {\n{"a":2,"b":"y"}\n', "a.jsonl"))
    assert found.rows == [(1, "x"), (None, None), (2, "y")]
    assert found.errors == {(1, "a"): ("line 3 is no record", "broken {"), (1, "b"): ("line 3 is no record", "broken {")}
    assert any("1 value of a" in note for note in found.notes)


def test_that_values_of_another_type_are_error_cells_with_what_stood_there(project: Path, read: Reading) -> None:
    name = write(project, '{"a":1}\n{"a":2.5}\n{"a":true}\n{"a":"x"}\n{"a":"7"}\n{"a":3}\n', "a.jsonl")
    source = DataSource.create(project / name, project).model_copy(
        update={"spec": detect(project / name).with_column("a", "integer")}
    )
    found = read(source)
    assert found.rows == [(1,), (None,), (None,), (None,), (7,), (3,)]
    assert [error for _, error in sorted(found.errors.items())] == [
        ("no whole number", "2.5"), ("no whole number", "true"), ("no whole number", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le", "cp1252"])
def test_that_any_encoding_is_read(project: Path, read: Reading, encoding: str) -> None:
    found = read(write(project, '[{"ä":"ü"},{"ä":"ß"}]'.encode(encoding)))
    assert (found.types, found.rows) == ({"ä": "string"}, [("ü",), ("ß",)])


def test_that_the_records_deep_in_a_document_are_found(project: Path, read: Reading) -> None:
    found = read(write(project, '{"meta":{"n":2},"data":{"items":[{"a":1},{"a":2}]}}'))
    assert found.rows == [(1,), (2,)]
    assert "The rows are the records at /data/items in the document." in found.notes


def test_that_a_document_without_a_list_of_records_is_one_row(project: Path, read: Reading) -> None:
    found = read(write(project, '{\n  "a": 1,\n  "b": {"c": [1, 2]}\n}'))
    assert found.rows == [(1, {"c": [1, 2]})]


def test_that_single_values_are_one_column(project: Path, read: Reading) -> None:
    found = read(write(project, "[1, 2, null]"))
    assert (found.types, found.rows) == ({"value": "integer"}, [(1,), (2,), (None,)])


def test_that_names_that_clash_or_are_hidden_are_made_harmless(project: Path, read: Reading) -> None:
    found = read(write(project, '[{"a":1,"A":2,"__row__":3,"":4,"__error__a":5}]'))
    assert found.types == dict.fromkeys(["a", "A_2", "row__", "Column4", "error__a"], "integer")
    assert found.rows == [(1, 2, 3, 4, 5)]


def test_that_large_whole_numbers_are_exact(project: Path, read: Reading) -> None:
    found = read(write(project, '{"a":9007199254740993}\n{"a":-9223372036854775808}\n', "a.jsonl"))
    assert found.rows == [(9007199254740993,), (-9223372036854775808,)]


def test_that_an_unclear_order_of_day_and_month_is_asked(project: Path) -> None:
    spec = detect(project / write(project, '[{"d":"01/02/2020"},{"d":"03/04/2020"}]'))
    assert [question.column for question in spec.questions] == ["d"]
    assert spec.columns[0].type == "string"


def test_that_a_column_can_be_read_as_another_type(project: Path, read: Reading) -> None:
    path = project / write(project, '[{"n":{"a":1},"d":"03.04.2020"},{"n":{"a":2},"d":"x"}]')
    spec = detect(path).with_column("n", "string").with_column("d", "date", "%d.%m.%Y")
    found = read(DataSource.create(path, project, spec))
    assert found.rows == [('{"a":1}', dt.date(2020, 4, 3)), ('{"a":2}', None)]
    assert found.errors == {(1, "d"): ("no date", "x")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a":1},{"a":2', "a.json is no sound JSON: "),
        ("[]", "a.json holds no records."),
        ("[{}]", "a.json holds only empty records."),
        ('{"a":', "a.json is no sound JSON: "),
    ],
)
def test_that_a_file_without_rows_is_refused_in_one_sentence(project: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError) as raised:
        detect(project / write(project, text))
    assert raised.value.message.startswith(sentence)
    assert "\n" not in str(raised.value)


def test_that_a_damaged_end_is_told_when_it_is_read(project: Path, read: Reading) -> None:
    path = project / write(project, '[{"a":1},{"a":2}]')
    source = DataSource.create(path, project)
    path.write_text('[{"a":1},{"a":2')
    with pytest.raises(UserError, match=r"a\.json is no sound JSON"):
        read(source)


def test_that_many_fields_come_in_the_order_of_the_file(project: Path, read: Reading) -> None:
    rows = [{f"f{number}": line for number in range(40)} for line in range(300)]
    found = read(write(project, "\n".join(map(json.dumps, rows)), "a.ndjson"))
    assert list(found.types) == [f"f{number}" for number in range(40)]
    assert [row[7] for row in found.rows] == list(range(300))
    assert isinstance(found.reader.scan(), str)


def test_that_pretty_printed_objects_one_after_the_other_are_rows(project: Path, read: Reading) -> None:
    found = read(write(project, '{\n"a":1}\n{"a":\n2} {"a":3}'))
    assert found.rows == [(1,), (2,), (3,)]
    assert isinstance(detect(project / "a.json"), JsonSpec)
