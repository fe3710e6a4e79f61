"""The format of a text is found, and the text reads back with it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.byexample.fileformat.cases import CASES, ORDERS, Case
from workbench.base.errors import UserError
from workbench.byexample.fileformat import FileFormat, detect, detect_bytes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_that_the_format_is_found(case: Case) -> None:
    found = detect(case.text, complete=case.complete)
    assert (found.kind, found.delimiter, found.names) == (case.kind, case.delimiter, tuple(case.names))
    assert (found.skip_lines, found.footer_lines, found.comment) == (case.skip, case.footer, case.comment)
    assert found.decimal == case.decimal
    if "json" not in case.kind:
        assert found.header_rows == case.header
    if case.quote is not None:
        assert found.quote == case.quote


@pytest.mark.parametrize("case", [case for case in CASES if case.rows], ids=lambda case: case.name)
def test_that_the_text_reads_back(case: Case) -> None:
    names, rows = detect(case.text, complete=case.complete).read(case.text, complete=case.complete)
    assert list(names) == case.names
    assert [list(row) for row in rows] == case.rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_that_a_format_is_one_sentence_and_saved(case: Case) -> None:
    found = detect(case.text, complete=case.complete)
    sentence = found.explain()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert FileFormat.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_that_sentences_say_what_matters() -> None:
    text = "Report\n\nid;price\n1;2,50\n2;3,75\n3;4,10\n\nSource: us\n"
    assert detect(text, complete=True).explain() == (
        "Text of two columns with semicolons between the cells; the first line has the names; "
        "two lines above the table and two lines below it are left out; numbers have a decimal comma."
    )


def test_that_rows_of_empty_cells_may_divide_tables() -> None:
    meetings = [
        "Meetings,,,,",
        "Minister,Date,Guest,Purpose,",
        *["A. Swan,Oct-14,Tear Trust,About schools,", ",,World Sight,,"] * 5,
    ]
    travels = [",,,,", "Travels,,,,", "Minister,Days,Place,Purpose,Cost", "A. Swan,12 - 15 October,Cairo,Talks,3271.41"]
    found = detect("\n".join([*meetings, *travels]) + "\n", complete=True)
    assert found.names == ("Minister", "Date", "Guest", "Purpose", "Column5")
    assert (found.skip_lines, found.footer_lines) == (1, 4)
    assert found.notes == ("Line 14 begins another table, of 5 columns.",)


def test_that_cells_may_be_left_out_at_the_end() -> None:
    rows = "AA\t10\tnorth\nBB\t12\teast\tsee there\nCC\t7\tsouth\nDD\t9\tsouth\nEE\t11\twest\tnew\nFF\t8\teast\tlate\n"
    found = detect(rows, complete=True)
    assert (found.delimiter, found.header_rows, found.skip_lines, found.footer_lines) == ("\t", 0, 0, 0)
    assert len(found.names) == 4
    wide = detect("id,name,from,to\n1,Anna,2001-01-01\n2,Ben,2002-02-02\n3,Chloé,2003-03-03\n4,Dag,2004-04-04\n", complete=True)
    assert (wide.names, wide.skip_lines) == (("id", "name", "from", "to"), 0)


def test_that_an_empty_text_is_no_failure() -> None:
    for text in ("", "\n\n", "   \n", "\ufeff"):
        found = detect(text)
        assert (found.kind, found.confidence) == ("lines", 0.0)
        assert found.notes == ("The text is empty.",)


def test_that_files_put_together_have_a_header() -> None:
    found = detect("size;street\n1.5;Low Road\n2.5;High Road\n" * 3, complete=True)
    assert found.names == ("size", "street")


def test_that_notes_tell_of_another_table_and_odd_rows() -> None:
    two = detect("a,b\n1,2\n3,4\n5,6\n\nx,y,z\n1,2,3\n", complete=True)
    assert two.notes == ("Line 6 begins another table, of 3 columns.",)
    odd = detect("a,b,c\n1,2,3\n4,5\n7,8,9\n10,11,12,13\n14,15,16\n17,18,19\n", complete=True)
    assert odd.notes == ("2 rows do not have 3 cells (line 3, 5).",)
    names, rows = odd.read("a,b,c\n1,2\n1,2,3,4\n")
    assert names == ("a", "b", "c", "Column4")
    assert rows == [("1", "2", None, None), ("1", "2", "3", "4")]


@pytest.mark.parametrize(
    ("end", "expected"), [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\r")], ids=["Unix", "Windows", "old Macintosh"]
)
def test_that_line_ends_are_told(end: str, expected: str) -> None:
    assert detect(end.join(",".join(row) for row in ORDERS)).line_ending == expected
    assert detect("a,b\r\n1,2\n3,4\n").line_ending == "mixed"


UMLAUTS = "Größe;Straße;Ort\n1,5;Bäckerstraße 3;Köln\n2,5;Höhenweg 7;Würzburg\n3,0;Ölmühle 1;Düren\n" * 3


@pytest.mark.parametrize(
    ("encoding", "expected", "bom"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16-le", True),
        ("utf-16-le", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("utf-32", "utf-32-le", True),
        ("cp1252", "cp1252", False),
    ],
)
def test_that_encodings_are_found(encoding: str, expected: str, bom: bool) -> None:
    found = detect_bytes(UMLAUTS.encode(encoding), complete=True)
    assert (found.encoding, found.bom) == (expected, bom)
    assert found.names == ("Größe", "Straße", "Ort")
    assert found.delimiter == ";"


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("prénom;ville\nChloé;Orléans\nFrançois;Besançon\nHélène;Saint-Étienne\n", ["cp1252"]),
        ("jméno;město\nJiří;Plzeň\nŽaneta;Ústí nad Labem\nLukáš;Děčín\nŠtěpán;Třebíč\n", ["cp1250", "iso8859_2"]),
        ("imię;miasto\nŁukasz;Łódź\nŚwiętosława;Gdańsk\nGrażyna;Poznań\n", ["cp1250", "iso8859_2"]),
        ("név;város\nLászló;Győr\nErzsébet;Székesfehérvár\nŐze;Hódmezővásárhely\n", ["cp1250"]),
        ("isim;şehir\nİbrahim;İstanbul\nAyşe;Diyarbakır\nGökçe;Eskişehir\n", ["cp1254"]),
        ("имя;город\nИван;Москва\nОльга;Казань\nПётр;Новосибирск\n", ["cp1251", "koi8_r"]),
        ("όνομα;πόλη\nΓιώργος;Αθήνα\nΜαρία;Θεσσαλονίκη\nΝίκος;Πάτρα\n", ["cp1253"]),
        ("名前,都市\n田中さん,東京都\n鈴木さん,大阪府\n佐藤さん,京都府\n", ["shift_jis", "euc_jp"]),
        ("姓名,城市\n王小明,北京\n李雷,上海\n韩梅梅,广州\n", ["gbk"]),
        ("이름,도시\n김민수,서울\n이영희,부산\n박철수,대구\n", ["euc_kr"]),
    ],
)
def test_that_other_code_pages_are_read(text: str, encodings: list[str]) -> None:
    names, _, rows = text.partition("\n")
    for encoding in encodings:
        found = detect_bytes((names + "\n" + rows * 3).encode(encoding), complete=True)
        assert found.names == tuple(names.replace(",", ";").split(";")), encoding


def test_that_a_character_cut_at_the_end_does_no_harm() -> None:
    data = "name,city\nAnna,Oslo\nBen,Kyoto\nChloé,Tromsø\nDag,Ålesund".encode()
    for end in range(len(data) - 12, len(data)):
        assert detect_bytes(data[:end]).encoding == "utf-8"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), b"a,b\n1\x00,2\n", bytes(range(1, 9)) * 40]
)
def test_that_bytes_that_are_no_text_give_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError, match="This is no text"):
        detect_bytes(data)


def test_that_damaged_json_gives_a_sentence() -> None:
    format_ = detect('{"a": 1}\n{"a": 2}\n', complete=True)
    with pytest.raises(UserError, match=r"The JSON text is damaged in line 2\."):
        format_.read('{"a": 1}\n{"a": \n')


@pytest.mark.parametrize(
    "data",
    [{}, {"version": 1}, {"version": 1, "kind": "tables"}, {"version": 1, "kind": "lines", "skip_lines": -1},
     {"version": 1, "kind": "lines", "skip_lines": "2"}, {"version": 1, "kind": "lines", "colour": 1},
     {"version": 9, "kind": "lines"}, {"version": 1, "kind": "delimited", "escape": "tripled"},
     {"version": 1, "kind": "fixed_width", "starts": ["a"]}],
)  # fmt: skip
def test_that_a_wrong_saved_format_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(UserError):
        FileFormat.from_json(data)


def test_that_long_cells_and_long_texts_are_quick() -> None:
    wide = "id,text\n" + "".join(f'{number},"{"a, b " * 2000}"\n' for number in range(20))
    assert detect(wide, complete=True).names == ("id", "text")
    stray = "id,text\n" + "".join(f'{number},"x\n' for number in range(20_000))
    found = detect(stray)
    assert found.delimiter == ","
    assert len(found.read(stray)[1]) == 20_000
    detect('"' * 10_000)
    detect("[" * 100_000)
    detect("a " * 100_000)
    detect(" " * 100_000 + "a\n" + " " * 100_000 + "b\n")
    detect((",'a" * 2000 + "\n") * 20)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1 ,;|\t\"'\\\n\r#-{}[]:.é"), max_size=200), st.booleans())
def test_that_any_text_is_read_without_failure(text: str, complete: bool) -> None:
    found = detect(text, complete=complete)
    names, rows = found.read(text, complete=complete)
    assert all(len(row) == len(names) for row in rows)
    assert len(set(names)) == len(names)
    assert detect(text, complete=complete) == found


CELLS = st.text(alphabet=st.sampled_from("abcXYZ 019,;\"'\n.-é"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_that_quoted_cells_are_read_without_loss(rows: list[list[str]], delimiter: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = "".join(delimiter.join(map(quoted, row)) + "\n" for row in [["a", "b", "c"], *rows])
    format_ = FileFormat("delimited", names=("a", "b", "c"), delimiter=delimiter, quote='"', escape="doubled", header_rows=1)
    assert [list(row) for row in format_.read(text)[1]] == rows
