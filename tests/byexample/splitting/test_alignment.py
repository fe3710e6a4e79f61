"""Splits of aligned text: fields at the same positions in every row."""

from workbench.byexample.splitting import learn_split

SHIPS = """\
code  name          built  tons
AB1   Aurora        1912   8800
C22   Lady of Shal  1899    450
D3    Ozean Blau    1955  12000
E41   Pinta         1491     75""".splitlines()


def test_that_columns_begin_after_positions_that_are_blank_in_all_rows() -> None:
    splitter = learn_split(SHIPS).splitter
    assert splitter is not None
    assert splitter.run(SHIPS[2]) == ("C22", "Lady of Shal", "1899", "450")
    assert splitter.run(SHIPS[0]) == ("code", "name", "built", "tons")


def test_that_a_line_cut_short_has_empty_fields_at_its_end() -> None:
    splitter = learn_split(SHIPS).splitter
    assert splitter is not None
    assert splitter.run("F7    Nautilus") == ("F7", "Nautilus", "", "")


def test_that_kept_parts_of_an_aligned_line_hold_its_padding() -> None:
    splitter = learn_split(SHIPS, keep_delimiters=True).splitter
    assert splitter is not None
    assert "".join(part or "" for part in splitter.run(SHIPS[3])) == SHIPS[3]


def test_that_a_full_column_is_parted_from_the_next_one() -> None:
    rows = ["Ann     Becker  ann@a.org", "Bert    Hollowaybert@b.org", "Cleo    Ng      cleo@c.org", "Dorothy Ash     do@d.org"]
    splitter = learn_split(rows).splitter
    assert splitter is not None
    assert splitter.run(rows[1]) == ("Bert", "Holloway", "bert@b.org")


def test_that_the_sign_of_a_number_belongs_to_it() -> None:
    rows = ["A  10.5-0.3", "B  11.2 0.4", "C  19.0-1.1", "D  12.7 2.5"]
    splitter = learn_split(rows).splitter
    assert splitter is not None
    assert splitter.run(rows[0]) == ("A", "10.5", "-0.3")
    assert splitter.run(rows[1]) == ("B", "11.2", "0.4")


def test_that_numbers_aligned_right_are_parted_where_they_end() -> None:
    rows = ["   12  345", "  4567890 ".rstrip(), "    3   12", "  999    1", " 1000 2000"]
    splitter = learn_split(rows).splitter
    assert splitter is not None
    assert splitter.run("   12  345") == ("12", "345")


def test_that_lines_that_share_a_delimiter_are_no_columns() -> None:
    rows = ["Mast  :  8.9m", "Keel  : 12.4m", "Rudder: 2.1m"]
    splitter = learn_split(rows).splitter
    assert splitter is not None
    assert splitter.run(rows[0]) == ("Mast", "8.9", "m")
