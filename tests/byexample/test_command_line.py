"""`python -m workbench.byexample` as it is used: real processes, files and pipes."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = "first,last,short\nAda,Lovelace,A. Lovelace\nAlan,Turing,\nGrace,Hopper,\nTim,Berners-Lee,\n"
FILLED = (
    "first,last,short\nAda,Lovelace,A. Lovelace\nAlan,Turing,A. Turing\nGrace,Hopper,G. Hopper\nTim,Berners-Lee,T. Berners-Lee\n"
)


def run(*arguments: str | Path, stdin: str | bytes = "") -> subprocess.CompletedProcess[str]:
    """One run of the command line."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "workbench.byexample", *map(str, arguments)]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def ok(*arguments: str | Path, stdin: str | bytes = "") -> str:
    done = run(*arguments, stdin=stdin)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    return done.stdout


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.csv"
    path.write_text(NAMES)
    return path


def test_that_derive_says_the_program_in_english(names: Path) -> None:
    sentence = ok("derive", names)
    assert sentence.count("\n") == 1
    assert "last" in sentence


def test_that_derive_fills_in_the_column(names: Path, tmp_path: Path) -> None:
    ok("derive", names, "--fill", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == FILLED
    assert ok("derive", "-", "--fill", "-", stdin=NAMES) == FILLED
    assert ok("derive", "-", "--fill", "-", stdin=NAMES.replace(",", ";")) == FILLED.replace(",", ";")


def test_that_the_output_column_may_stand_anywhere() -> None:
    text = "short,first,last\nA. Lovelace,Ada,Lovelace\n,Alan,Turing\n,Grace,Hopper\n"
    filled = ok("derive", "-", "--output", "short", "--fill", "-", stdin=text)
    assert [row[0] for row in csv.reader(io.StringIO(filled))] == ["short", "A. Lovelace", "A. Turing", "G. Hopper"]


def test_that_the_first_row_has_the_names_unless_told_otherwise() -> None:
    text = "Xx,Yy\nAda Lovelace,Lovelace\nAlan Turing,\nGrace Hopper,\n"
    assert ok("derive", "-", "--output", "Yy", "--fill", "-", stdin=text).splitlines()[2:] == [
        "Alan Turing,Turing",
        "Grace Hopper,Hopper",
    ]
    rows = ok("derive", "-", "--no-header", "--fill", "-", stdin=text.removeprefix("Xx,Yy\n")).splitlines()
    assert rows == ["Column1,Column2", "Ada Lovelace,Lovelace", "Alan Turing,Turing", "Grace Hopper,Hopper"]


def test_that_a_program_is_saved_and_applied_to_another_file(names: Path, tmp_path: Path) -> None:
    saved = tmp_path / "program.json"
    ok("derive", names, "--save", saved)
    assert json.loads(saved.read_text())["columns"] == ["first", "last"]
    more = "no,last,first\n1,Curie,Marie\n2,Noether,Emmy\n"
    assert ok("derive", "-", "--program", saved, "--fill", "-", stdin=more) == (
        "no,last,first,short\n1,Curie,Marie,M. Curie\n2,Noether,Emmy,E. Noether\n"
    )
    assert ok("derive", "-", "--program", saved, stdin=more) == ok("derive", names)


def test_that_the_program_is_printed_as_python_that_runs(names: Path) -> None:
    code = ok("derive", names, "--print", "python")
    space: dict[str, object] = {}
    exec(code, space)
    function = next(value for name, value in space.items() if name == "derive")
    assert callable(function)
    assert function("Emmy", "Noether") == "E. Noether"


def test_that_the_program_is_printed_as_json(names: Path) -> None:
    told = json.loads(ok("derive", names, "--print", "json"))
    assert told["program"]["op"]


def test_that_the_program_is_printed_as_pandas_and_sql_that_run(names: Path) -> None:
    import duckdb
    import pandas as pd

    frame = pd.read_csv(names)
    space: dict[str, object] = {"pd": pd, "df": frame}
    exec(ok("derive", names, "--print", "pandas"), space)
    assert list(frame["short"]) == ["A. Lovelace", "A. Turing", "G. Hopper", "T. Berners-Lee"]
    sql = ok("derive", names, "--print", "sql")
    with duckdb.connect() as database:
        rows = database.execute(f"SELECT {sql} FROM read_csv(?)", [str(names)]).fetchall()
    assert [row[0] for row in rows] == list(frame["short"])


@pytest.mark.parametrize("language", ["polars", "pyspark"])
def test_that_the_program_is_printed_in_other_languages(names: Path, language: str) -> None:
    assert "short" in ok("derive", names, "--print", language)


def test_that_split_needs_no_example() -> None:
    text = "2015-01-12 0:54 GET\n2015-01-13 11:12 PUT\n2015-01-14 2:30 GET\n"
    rows = list(csv.reader(io.StringIO(ok("split", "-", "--lines", "--fill", "-", stdin=text))))
    assert rows[0] == ["Column1", "Column1_1", "Column1_2", "Column1_3"]
    assert rows[2] == ["2015-01-13 11:12 PUT", "2015-01-13", "11:12", "PUT"]
    assert ok("split", "-", "--lines", stdin=text).strip().endswith(".")


def test_that_split_follows_examples() -> None:
    text = "code;kind;number\nAB-12;AB;12\nCD-345;;\nE-6;;\n"
    assert ok("split", "-", "--parts", "kind", "number", "--fill", "-", stdin=text) == (
        "code;kind;number\nAB-12;AB;12\nCD-345;CD;345\nE-6;E;6\n"
    )


def test_that_split_takes_delimiters() -> None:
    out = ok("split", "-", "--column", "tags", "--delimiter", "/", "--fill", "-", stdin="id,tags\n1,a/b\n2,c/d/e\n")
    assert [row[:4] for row in csv.reader(io.StringIO(out))][2] == ["2", "c/d/e", "c", "d"]


def test_that_profile_tells_patterns_and_types(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,n\n" + "".join(f"AB-{number:03},{number}\n" for number in range(40)) + "oops,x\n")
    shown = ok("profile", path)
    assert "code: 41 values, 41 different, 0 empty" in shown
    assert "row 41: 'oops'" in shown
    told = json.loads(ok("profile", path, "--column", "n", "--json"))
    assert told["n"]["types"][0]["kind"] == "integer"


def test_that_format_tells_how_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "preise.txt"
    path.write_bytes("Stand: Mai\r\n\r\nName;Preis\r\nÖl;2,50\r\nKäse;3,75\r\nBröt;1,10\r\n".encode("cp1252"))
    shown = ok("format", path)
    assert shown == (
        "Text of two columns with semicolons between the cells; the first line has the names; two lines above the table are left "
        "out; numbers have a decimal comma; the encoding is cp1252.\nColumns: Name, Preis\n"
    )
    told = json.loads(ok("format", path, "--json"))
    assert (told["delimiter"], told["skip_lines"], told["encoding"]) == (";", 2, "cp1252")


def test_that_format_reads_the_beginning_of_large_files(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("id,name\n" + "".join(f'{number},"{"x" * 90}"\n' for number in range(20_000)))
    assert "two columns with commas" in ok("format", path)


def test_that_rename_names_all_columns() -> None:
    text = "CustomerName,OrderID\nAda,1\n"
    assert ok("rename", "-", "CustomerName=customer_name", stdin=text) == (
        "Names are written in snake_case.\n  CustomerName -> customer_name\n  OrderID -> order_id\n"
    )
    assert ok("rename", "-", "CustomerName=customer_name", "--fill", "-", stdin=text) == "customer_name,order_id\nAda,1\n"
    assert json.loads(ok("rename", "-", "OrderID=Order", "--json", stdin=text))["names"]["OrderID"] == "Order"
    assert "a=b -> a_b" in ok("rename", "-", "a=b=a_b", stdin="a=b,c=d\n1,2\n")


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["derive", "nowhere.csv"], "", "There is no file nowhere.csv."),
        (["derive", "-"], "", "The input is empty."),
        (["derive", "-"], "a,b\n1,\n2,\n3,\n", "The column b is empty in all rows."),
        (["derive", "-", "--output", "c"], "a,b\n1,2\n3,4\n", "There is no column c. The columns are: a, b."),
        (["derive", "-"], "word\none\ntwo\nthree\n", "There is no input column beside the output column."),
        (["derive", "-"], "a,b\nx,1\nx,2\ny,\n", "x"),
        (["derive", "-", "--program", "-"], "hello", "is no saved program"),
        (["derive", "-"], b"\x00\x01\x02\x00PNG", "This is no text"),
        (["derive"], "", "The following arguments are required: file."),
        (["split", "-", "--column", "z"], "a,b\n1,2\n3,4\n", "There is no column z."),
        (["profile", "-", "--column", "z"], "a,b\n1,2\n3,4\n", "There is no column z."),
        (["rename", "-", "a"], "a,b\n1,2\n", "a is no example of a new name."),
        (["rename", "-", "z=y"], "a,b\n1,2\n", "There is no column z."),
        (["rename", "-", "a=x", "b=x"], "a,b\n1,2\n", "Two columns cannot both get the name x."),
        (["dance"], "", "Argument COMMAND: invalid choice: 'dance'"),
        ([], "", "The following arguments are required: COMMAND."),
    ],
)
def test_that_bad_input_gives_a_sentence_and_code_2(arguments: list[str], stdin: str | bytes, message: str) -> None:
    done = run(*arguments, stdin=stdin)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_that_a_folder_and_a_damaged_program_are_bad_input(tmp_path: Path, names: Path) -> None:
    assert "is a folder" in run("format", tmp_path).stderr
    damaged = tmp_path / "program.json"
    for text in ("[]", "{}", '{"version": 2, "program": {"op": "fly"}, "columns": ["first"], "output": "x"}', '{"version": 2}'):
        damaged.write_text(text)
        done = run("derive", names, "--program", damaged)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_that_help_names_the_commands() -> None:
    shown = ok("--help")
    assert all(command in shown for command in ("derive", "split", "profile", "format", "rename"))
    assert "--program" in ok("derive", "--help")


def test_that_a_reader_that_stops_early_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "".join(f"{number},{'x' if number < 2 else ''}\n" for number in range(50_000)))
    command = [sys.executable, "-m", "workbench.byexample", "derive", str(path), "--fill", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        process.wait(60)
