"""Texts that are learned from one to three examples: pieces, marks, case, blanks, accents, initials, any script."""

import pytest

from tests.byexample.synthesis.tables import Table, check

PIECES: dict[str, Table] = {
    "the same text in every row": (2, [("a7", "new"), ("b9", "new"), ("c3", "new")]),
    "the input as it is": (1, [("Ada", "Ada"), ("Grace Hopper", "Grace Hopper"), ("x-1", "x-1")]),
    "before the first delimiter": (1, [("red,green,blue", "red"), ("ox,cow", "ox"), ("salt,oil,egg,rye", "salt")]),
    "after the last delimiter": (1, [("usr/local/bin", "bin"), ("home/ada", "ada"), ("var/log/app/today.txt", "today.txt")]),
    "the second part": (1, [("Oslo|Norway|NO", "Norway"), ("Lima|Peru|PE", "Peru"), ("Port Said|Egypt|EG", "Egypt")]),
    "the last but one part": (2, [("a.b.c.d", "c"), ("x.y.z", "y"), ("k.l", "k"), ("p.q.r.s.t", "s")]),
    "between brackets": (1, [("Bolt (M8) steel", "M8"), ("Nut (M12)", "M12"), ("Long screw (T20) zinc", "T20")]),
    "between marks of words": (
        2,
        [
            ("from Rome to Bern today", "Rome"),
            ("from New York to Las Vegas", "New York"),
            ("from Rio de Janeiro to Lima", "Rio de Janeiro"),
        ],
    ),
    "after a mark of several characters": (1, [("total :: 17 pcs", "17 pcs"), ("rest :: none", "none"), ("a b :: c d", "c d")]),
    "the first three characters": (1, [("BER-1234", "BER"), ("OSL-77", "OSL"), ("LIM-901", "LIM")]),
    "the last four characters": (
        2,
        [("4556737586899855", "9855"), ("5425233430109903", "9903"), ("340000000000009", "0009")],
    ),
    "characters by their position": (1, [("20AB7731", "AB"), ("19XY0042", "XY"), ("21QR9900", "QR")]),
    "without the first character": (2, [("#12", "12"), ("#ab c", "ab c"), ("#7-x", "7-x")]),
    "the first number": (1, [("item 14 of 20", "14"), ("pack of 6 (3 left)", "6"), ("no. 250", "250")]),
    "the last number": (1, [("row 3, seat 18", "18"), ("row 12, seat 4", "4"), ("hall 2, row 7, seat 31", "31")]),
    "all digits": (2, [("+49 (30) 1234-5", "493012345"), ("0171/99", "017199"), ("tel 12 34", "1234")]),
    "no digits": (2, [("ab12cd3", "abcd"), ("x9", "x"), ("77high5", "high")]),
    "an address in a text": (
        1,
        [
            ("write to ada@example.com soon", "ada@example.com"),
            ("cc: b.turing@mail.example.org, urgent", "b.turing@mail.example.org"),
            ("<grace@example.net>", "grace@example.net"),
        ],
    ),
    "the name of an address": (1, [("ada@example.com", "ada"), ("b.turing@example.org", "b.turing"), ("g_h@example.net", "g_h")]),
    "the domain of a link": (
        2,
        [
            ("https://example.com/a/b?x=1", "example.com"),
            ("http://docs.example.org/", "docs.example.org"),
            ("https://www.example.net/index.html", "www.example.net"),
        ],
    ),
    "the file's ending": (1, [("a.b.txt", "txt"), ("report.2024.pdf", "pdf"), ("x.csv", "csv")]),
    "a value by its key": (
        1,
        [
            ("id=7;name=ada;age=36", "ada"),
            ("id=18;name=alan;age=41", "alan"),
            ("id=3;name=grace h;age=85", "grace h"),
        ],
    ),
    "lines of a cell": (1, [("12 Main St\nOslo", "Oslo"), ("4 High Rd\nLima", "Lima"), ("7 Low Ln\nPort Said", "Port Said")]),
}

JOINED: dict[str, Table] = {
    "last name first": (1, [("Ada Lovelace", "Lovelace, Ada"), ("Alan Turing", "Turing, Alan"), ("Grace Hopper", "Hopper, Grace")]),
    "columns with a separator": (1, [(("a", "b"), "a-b"), (("c1", "d d"), "c1-d d"), (("e", "f"), "e-f")]),
    "columns in another order": (
        1,
        [(("Lima", "PE"), "PE: Lima"), (("Oslo", "NO"), "NO: Oslo"), (("Port Said", "EG"), "EG: Port Said")],
    ),
    "a text around a column": (1, [("42", "<b>42</b>"), ("7", "<b>7</b>"), ("x y", "<b>x y</b>")]),
    "an address of a name": (
        1,
        [
            ("Ada Lovelace", "ada.lovelace@example.com"),
            ("Alan Turing", "alan.turing@example.com"),
            ("Grace Hopper", "grace.hopper@example.com"),
        ],
    ),
    "a phone number's layout": (
        1,
        [("3035550142", "(303) 555-0142"), ("2125550199", "(212) 555-0199"), ("7185550100", "(718) 555-0100")],
    ),
    "other marks": (1, [("ab/c/d", "ab-c-d"), ("x/y/z", "x-y-z"), ("one/2/3", "one-2-3")]),
    "pieces of three columns": (
        1,
        [
            (("Ada", "Lovelace", "1815"), "ALovelace15"),
            (("Alan", "Turing", "1912"), "ATuring12"),
            (("Grace", "Hopper", "1906"), "GHopper06"),
        ],
    ),
}

STYLES: dict[str, Table] = {
    "capitals": (1, [("oslo", "OSLO"), ("port said", "PORT SAID"), ("Bern-3", "BERN-3")]),
    "small letters": (1, [("OSLO", "oslo"), ("Port SAID", "port said"), ("X", "x")]),
    "title": (1, [("port said", "Port Said"), ("new york city", "New York City"), ("OSLO", "Oslo")]),
    "sentence": (2, [("THE END OF ALL", "The end of all"), ("a New day", "A new day"), ("OK then", "Ok then")]),
    "camel": (2, [("first name", "firstName"), ("date of birth", "dateOfBirth"), ("zip", "zip"), ("home Town", "homeTown")]),
    "pascal": (2, [("first name", "FirstName"), ("date of birth", "DateOfBirth"), ("zip", "Zip")]),
    "snake": (1, [("First Name", "first_name"), ("Date Of Birth", "date_of_birth"), ("Zip", "zip")]),
    "snake of camel": (1, [("firstName", "first_name"), ("dateOfBirth", "date_of_birth"), ("zip", "zip")]),
    "kebab": (1, [("First Name", "first-name"), ("Date Of Birth", "date-of-birth"), ("Zip", "zip")]),
    "a piece in capitals": (1, [("Oslo, no", "NO"), ("Lima, pe", "PE"), ("Port Said, eg", "EG")]),
    "ß in capitals": (2, [("straße", "STRASSE"), ("weg", "WEG"), ("große gasse", "GROSSE GASSE")]),
}

CLEANED: dict[str, Table] = {
    "blanks at the ends": (1, [("  Oslo ", "Oslo"), (" Port Said", "Port Said"), ("Lima   ", "Lima")]),
    "single blanks": (1, [(" Port   Said ", "Port Said"), ("a  b   c", "a b c"), ("x", "x")]),
    "no blanks": (1, [("DE 44 5001", "DE445001"), ("GB 29 NWBK", "GB29NWBK"), ("NO93", "NO93")]),
    "no punctuation": (2, [("St. John's", "St Johns"), ("A.B.C.", "ABC"), ("what?!", "what")]),
    "filled up at the left": (1, [("7", "0007"), ("421", "0421"), ("12345", "12345")]),
    "filled up at the right": (2, [("ab", "ab...."), ("abcd", "abcd.."), ("x", "x.....")]),
    "no accents": (1, [("Café Zoë", "Cafe Zoe"), ("Málaga", "Malaga"), ("Łódź", "Lodz"), ("Oslo", "Oslo")]),
    "initials": (1, [("Ada Lovelace", "AL"), ("Alan Turing", "AT"), ("Grace Hopper", "GH")]),
    "initials of any number of names": (
        2,
        [("Grace Brewster Hopper", "G.B.H."), ("Alan Turing", "A.T."), ("Ada King Noel Byron", "A.K.N.B."), ("Plato", "P.")],
    ),
    "an initial and the name": (1, [("Ada Lovelace", "A. Lovelace"), ("Alan Turing", "A. Turing"), ("Grace Hopper", "G. Hopper")]),
}

SCRIPTS: dict[str, Table] = {
    "Hebrew, last word": (1, [("שלום עולם", "עולם"), ("ערב טוב", "טוב"), ("תודה רבה", "רבה")]),
    "Arabic, before the comma": (1, [("القاهرة، مصر", "القاهرة"), ("ليما، بيرو", "ليما"), ("أوسلو، النرويج", "أوسلو")]),
    "Greek in capitals": (1, [("ζωη", "ΖΩΗ"), ("κοσμος", "ΚΟΣΜΟΣ"), ("α β", "Α Β")]),
    "Cyrillic, last name first": (
        1,
        [("Анна Белова", "Белова, Анна"), ("Иван Чехов", "Чехов, Иван"), ("Лев Толстой", "Толстой, Лев")],
    ),
    "Chinese, before the bracket": (1, [("东京（日本）", "东京"), ("利马（秘鲁）", "利马"), ("奥斯陆（挪威）", "奥斯陆")]),
    "emoji as a mark": (1, [("ready 🚀 go", "go"), ("set 🚀 wait here", "wait here"), ("now 🚀 stop", "stop")]),
    "emoji as the output": (2, [("yes", "👍"), ("no", "👎"), ("yes", "👍"), ("no", "👎")]),
}


@pytest.mark.parametrize("name", PIECES)
def test_that_a_piece_of_a_text_is_found(name: str) -> None:
    check(PIECES[name])


@pytest.mark.parametrize("name", JOINED)
def test_that_pieces_are_put_together(name: str) -> None:
    check(JOINED[name])


@pytest.mark.parametrize("name", STYLES)
def test_that_the_case_is_changed(name: str) -> None:
    check(STYLES[name])


@pytest.mark.parametrize("name", CLEANED)
def test_that_a_text_is_cleaned_filled_up_or_shortened(name: str) -> None:
    check(CLEANED[name])


@pytest.mark.parametrize("name", SCRIPTS)
def test_that_every_script_is_ordinary_text(name: str) -> None:
    check(SCRIPTS[name])
