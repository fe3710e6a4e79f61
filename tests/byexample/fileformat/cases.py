"""Texts of many formats, with what is to be found in them: shared by the tests and the benchmark."""

# ruff: noqa: E501 (a case is read as one piece)

from dataclasses import dataclass

Table = list[list[str]]


@dataclass(frozen=True)
class Case:
    """A text and its format. `quote` is None where none stands in the text or where it does not matter."""

    name: str
    text: str
    names: list[str]
    rows: Table
    delimiter: str = ","
    kind: str = "delimited"
    quote: str | None = None
    header: int = 1
    skip: int = 0
    footer: int = 0
    comment: str = ""
    decimal: str = "."
    complete: bool = True


def _join(rows: Table, delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


ORDERS = [["id", "name", "price", "date"], ["1", "Bolt", "2.50", "2021-03-01"], ["2", "Nut", "0.75", "2021-03-04"],
          ["3", "Gear wheel", "12.00", "2021-03-09"], ["4", "Spring", "1.10", "2021-04-11"]]  # fmt: skip
PEOPLE = [["Name", "City", "Born", "E-mail"], ["Anna Berg", "Oslo", "04/11/1987", "anna@example.org"],
          ["Ben Ito", "Kyoto", "23/01/1990", "ben.ito@example.org"], ["Chloé Roy", "Lyon", "09/06/1979", "c.roy@example.org"],
          ["Dag Lund", "Bergen", "17/12/2001", "dag@example.org"]]  # fmt: skip
GERMAN = [["Artikel", "Menge", "Preis", "Datum"], ["Schraube", "100", "2,50", "01.03.2021"], ["Mutter", "250", "0,75", "04.03.2021"],
          ["Zahnrad", "12", "1.012,00", "09.03.2021"], ["Feder", "40", "1,10", "11.04.2021"]]  # fmt: skip
SENSORS = [["1609459200", "21.5", "40", "ok"], ["1609459260", "21.7", "41", "ok"], ["1609459320", "-3.2", "44", "fault"],
           ["1609459380", "21.9", "42", "ok"], ["1609459440", "22.0", "43", "ok"]]  # fmt: skip
CATEGORIES = [["shape", "colour", "finish"], ["round", "red", "matt"], ["square", "blue", "gloss"], ["round", "blue", "matt"],
              ["oval", "red", "gloss"], ["square", "red", "matt"], ["round", "red", "gloss"], ["oval", "blue", "matt"]]  # fmt: skip
PLAIN_NAMES = [["Anna", "Oslo"], ["Bengt", "Bergen"], ["Carla", "Rome"], ["Dieter", "Bonn"], ["Elif", "Izmir"], ["Fumi", "Osaka"]]


def _no_header(width: int) -> list[str]:
    return [f"Column{number}" for number in range(1, width + 1)]


def _table(name: str, table: Table, delimiter: str = ",", **more: object) -> Case:
    end = str(more.pop("end", "\n"))
    return Case(name, _join(table, delimiter, end), table[0], table[1:], delimiter, **more)  # type: ignore[arg-type]


DELIMITERS = [
    *(_table(f"orders with {what}", ORDERS, mark) for what, mark in (
        ("commas", ","), ("semicolons", ";"), ("tabs", "\t"), ("bars", "|"), ("carets", "^"), ("tildes", "~"),
        ("control characters", "\x01"), ("unit separators", "\x1f"), ("double bars", "||"), ("double colons", "::"),
        ("tilde bar tilde", "~|~"), ("double semicolons", ";;"), ("double tildes", "~~"), ("broken bars", "¦"), ("signs", "@@"),
        ("bars in brackets", "[|]"), ("thorns", "þ"),
    )),
    *(_table(f"people with {what}", PEOPLE, mark) for what, mark in (("commas", ","), ("tabs", "\t"), ("bars", "|"), ("semicolons", ";"))),
    *(_table(f"German numbers with {what}", GERMAN, mark, decimal=",") for what, mark in (("semicolons", ";"), ("tabs", "\t"), ("bars", "|"))),
    Case("sensors without names", _join(SENSORS), _no_header(4), SENSORS, header=0),
    Case("sensors without names, tabs", _join(SENSORS, "\t"), _no_header(4), SENSORS, "\t", header=0),
    Case("sensors with blanks", _join(SENSORS, " "), _no_header(4), SENSORS, " ", header=0),
    Case("blanks, one or more", "x y  z\n1 2   3\n14  25 6\n7 8 9\n0 11    2\n", ["x", "y", "z"],
         [["1", "2", "3"], ["14", "25", "6"], ["7", "8", "9"], ["0", "11", "2"]], " "),
    Case("passwd", "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\nann:x:1000:1000:Ann Lee:/home/ann:/bin/bash\n"
         "bob:x:1001:1001::/home/bob:/bin/zsh\n", _no_header(7),
         [["root", "x", "0", "0", "root", "/root", "/bin/bash"], ["bin", "x", "1", "1", "bin", "/bin", "/sbin/nologin"],
          ["ann", "x", "1000", "1000", "Ann Lee", "/home/ann", "/bin/bash"], ["bob", "x", "1001", "1001", "", "/home/bob", "/bin/zsh"]],
         ":", header=0),
    Case("times and commas", "start,end,room\n09:15:00,10:00:00,A1\n10:15:30,11:20:00,B2\n12:00:00,13:45:10,A1\n", ["start", "end", "room"],
         [["09:15:00", "10:00:00", "A1"], ["10:15:30", "11:20:00", "B2"], ["12:00:00", "13:45:10", "A1"]]),
    Case("decimal commas between semicolons", "1,5;2,25;3,0\n4,5;5,25;6,0\n7,5;8,25;9,0\n", _no_header(3),
         [["1,5", "2,25", "3,0"], ["4,5", "5,25", "6,0"], ["7,5", "8,25", "9,0"]], ";", header=0, decimal=","),
    Case("lists within cells", "id;tags;n\n1;a,b,c;3\n2;d,e;2\n3;f,g,h,i;4\n4;j;1\n", ["id", "tags", "n"],
         [["1", "a,b,c", "3"], ["2", "d,e", "2"], ["3", "f,g,h,i", "4"], ["4", "j", "1"]], ";"),
    Case("lists of bars within commas", "film,genres\n1,Drama|War\n2,Comedy|Crime|Drama\n3,War|Drama\n4,Crime|Comedy\n", ["film", "genres"],
         [["1", "Drama|War"], ["2", "Comedy|Crime|Drama"], ["3", "War|Drama"], ["4", "Crime|Comedy"]]),
    Case("names with commas between tabs", "who\twhere\twhen\nBerg, Anna\tOslo, Norway\t2001\nIto, Ben\tKyoto, Japan\t2003\nRoy, Chloé\tLyon, France\t2004\n",
         ["who", "where", "when"], [["Berg, Anna", "Oslo, Norway", "2001"], ["Ito, Ben", "Kyoto, Japan", "2003"],
                                    ["Roy, Chloé", "Lyon, France", "2004"]], "\t"),
    Case("two columns", "city,people\nOslo,709037\nBergen,289330\nTromsø,77992\n", ["city", "people"],
         [["Oslo", "709037"], ["Bergen", "289330"], ["Tromsø", "77992"]]),
    Case("blanks after commas", "a, b, c\n1, x y, 2\n3, z, 4\n5, w, 6\n", ["a", "b", "c"], [["1", "x y", "2"], ["3", "z", "4"], ["5", "w", "6"]]),
    Case("addresses and bars", "id|address|url\n1|12 High St, Leeds|https://a.example/x?a=1;b=2\n2|3 Low Rd, York|https://b.example/y,z\n"
         "3|7 Mid Ln; rear|https://c.example/\n", ["id", "address", "url"],
         [["1", "12 High St, Leeds", "https://a.example/x?a=1;b=2"], ["2", "3 Low Rd, York", "https://b.example/y,z"],
          ["3", "7 Mid Ln; rear", "https://c.example/"]], "|"),
    Case("mostly empty cells", "a,b,c,d\n1,,,\n,,2,\n,3,,\n4,,,5\n", ["a", "b", "c", "d"],
         [["1", "", "", ""], ["", "", "2", ""], ["", "3", "", ""], ["4", "", "", "5"]]),
    Case("arrows", "from -> to\nOslo -> Rome\nBonn -> Kyoto\nLyon -> Izmir\n", ["from", "to"],
         [["Oslo", "Rome"], ["Bonn", "Kyoto"], ["Lyon", "Izmir"]], " -> "),
]  # fmt: skip

QUOTES = [
    Case("quoted texts", 'id,name,note\n1,"Berg, Anna","likes ""tea"""\n2,"Ito, Ben",none\n3,"Roy, Chloé","a, b"\n', ["id", "name", "note"],
         [["1", "Berg, Anna", 'likes "tea"'], ["2", "Ito, Ben", "none"], ["3", "Roy, Chloé", "a, b"]], quote='"'),
    Case("all quoted", "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in PEOPLE), PEOPLE[0], PEOPLE[1:], quote='"'),
    Case("single quotes", "id;name;note\n1;'Berg; Anna';'x'\n2;'Ito; Ben';'y'\n3;'Roy; Chloé';'z'\n", ["id", "name", "note"],
         [["1", "Berg; Anna", "x"], ["2", "Ito; Ben", "y"], ["3", "Roy; Chloé", "z"]], ";", quote="'"),
    Case("apostrophes are no quotes", "n,text\n1,it's fine\n2,don't\n3,'tis so\n4,dogs'\n5,plain\n", ["n", "text"],
         [["1", "it's fine"], ["2", "don't"], ["3", "'tis so"], ["4", "dogs'"], ["5", "plain"]]),
    Case("backslash before quotes", 'id,text\n1,"she said \\"no\\", twice"\n2,"plain, here"\n3,"a \\"b\\" c"\n', ["id", "text"],
         [["1", 'she said "no", twice'], ["2", "plain, here"], ["3", 'a "b" c']], quote='"'),
    Case("backslash before delimiters", "id,text\n1,a\\, b\n2,c\n3,d\\, e\\, f\n4,g\n", ["id", "text"],
         [["1", "a, b"], ["2", "c"], ["3", "d, e, f"], ["4", "g"]]),
    Case("line ends in cells", 'id,text,n\n1,"two\nlines",5\n2,one,6\n3,"three\n\nlines",7\n4,x,8\n', ["id", "text", "n"],
         [["1", "two\nlines", "5"], ["2", "one", "6"], ["3", "three\n\nlines", "7"], ["4", "x", "8"]], quote='"'),
    Case("line ends in cells, Windows", 'id,text\r\n1,"two\r\nlines"\r\n2,one\r\n3,"a,b"\r\n', ["id", "text"],
         [["1", "two\r\nlines"], ["2", "one"], ["3", "a,b"]], quote='"'),
    Case("a quote that is never closed", 'id,size,n\n1,5" pipe,3\n2,7 cm,4\n3,"wide,5\n4,9 cm,6\n5,2 cm,1\n', ["id", "size", "n"],
         [["1", '5" pipe', "3"], ["2", "7 cm", "4"], ["3", '"wide', "5"], ["4", "9 cm", "6"], ["5", "2 cm", "1"]]),
    Case("quotes inside quotes, not doubled", 'id,text,n\n1,"the "big" one",3\n2,"a, b",4\n3,"c",5\n', ["id", "text", "n"],
         [["1", 'the "big" one', "3"], ["2", "a, b", "4"], ["3", "c", "5"]], quote='"'),
    Case("quotes after blanks", 'id, name, n\n1, "Berg, Anna", 4\n2, "Ito, Ben", 5\n3, "Roy, Chloé", 6\n', ["id", "name", "n"],
         [["1", "Berg, Anna", "4"], ["2", "Ito, Ben", "5"], ["3", "Roy, Chloé", "6"]], quote='"'),
    Case("quoted with tabs", '"id"\t"name"\n"1"\t"Berg\tAnna"\n"2"\t"Ito"\n"3"\t"Roy"\n', ["id", "name"],
         [["1", "Berg\tAnna"], ["2", "Ito"], ["3", "Roy"]], "\t", quote='"'),
    Case("JSON in cells", 'id,data\n1,"{""a"": 1, ""b"": [2, 3]}"\n2,"{""a"": 4}"\n3,"{""a"": 5, ""b"": []}"\n', ["id", "data"],
         [["1", '{"a": 1, "b": [2, 3]}'], ["2", '{"a": 4}'], ["3", '{"a": 5, "b": []}']], quote='"'),
    Case("one quoted column", '"name"\n"Berg, Anna"\n"Ito, Ben"\n"Roy, Chloé"\n"Lund, Dag"\n', ["name"],
         [["Berg, Anna"], ["Ito, Ben"], ["Roy, Chloé"], ["Lund, Dag"]], quote='"'),
    Case("blanks and quotes", 'name size\n"New York" 8.4\n"Los Angeles" 3.9\nChicago 2.7\nHouston 2.3\n', ["name", "size"],
         [["New York", "8.4"], ["Los Angeles", "3.9"], ["Chicago", "2.7"], ["Houston", "2.3"]], " ", quote='"'),
]  # fmt: skip

HEADERS = [
    Case("only texts, with names", _join([["name", "city"], *PLAIN_NAMES]), ["name", "city"], PLAIN_NAMES),
    Case("only texts, without names", _join(PLAIN_NAMES), _no_header(2), PLAIN_NAMES, header=0),
    _table("categories", CATEGORIES),
    Case("categories without names", _join(CATEGORIES[1:]), _no_header(3), CATEGORIES[1:], header=0),
    Case("codes without names", "AB-1,XK,Q77\nCD-2,YL,Q12\nEF-3,ZM,Q40\nGH-4,WN,Q08\n", _no_header(3),
         [["AB-1", "XK", "Q77"], ["CD-2", "YL", "Q12"], ["EF-3", "ZM", "Q40"], ["GH-4", "WN", "Q08"]], header=0),
    Case("codes with names", "part,bin,lot\nAB-1,XK,Q77\nCD-2,YL,Q12\nEF-3,ZM,Q40\nGH-4,WN,Q08\n", ["part", "bin", "lot"],
         [["AB-1", "XK", "Q77"], ["CD-2", "YL", "Q12"], ["EF-3", "ZM", "Q40"], ["GH-4", "WN", "Q08"]]),
    Case("years as names", "region,2019,2020,2021\nNorth,10,11,12\nSouth,20,21,25\nWest,7,9,8\n", ["region", "2019", "2020", "2021"],
         [["North", "10", "11", "12"], ["South", "20", "21", "25"], ["West", "7", "9", "8"]]),
    Case("names and units", "time,speed,load\ns,m/s,kg\n0.1,2.5,100\n0.2,2.7,101\n0.3,2.6,99\n0.4,2.9,98\n", ["time s", "speed m/s", "load kg"],
         [["0.1", "2.5", "100"], ["0.2", "2.7", "101"], ["0.3", "2.6", "99"], ["0.4", "2.9", "98"]], header=2),
    Case("names of groups", ",Sales,,Costs,\nregion,2019 q1,2019 q2,2019 q1,2019 q2\nNorth,1,2,3,4\nSouth,5,6,7,8\nWest,9,10,11,12\n",
         ["region", "Sales 2019 q1", "Sales 2019 q2", "Costs 2019 q1", "Costs 2019 q2"],
         [["North", "1", "2", "3", "4"], ["South", "5", "6", "7", "8"], ["West", "9", "10", "11", "12"]], header=2),
    Case("a name less: row numbers", "height weight age\nr1 1.8 80 30\nr2 1.7 65 41\nr3 1.6 70 22\n", ["Column1", "height", "weight", "age"],
         [["r1", "1.8", "80", "30"], ["r2", "1.7", "65", "41"], ["r3", "1.6", "70", "22"]], " "),
    Case("a blank name: row numbers", ",height,weight\n0,1.8,80\n1,1.7,65\n2,1.6,70\n", ["Column1", "height", "weight"],
         [["0", "1.8", "80"], ["1", "1.7", "65"], ["2", "1.6", "70"]]),
    Case("the same name twice", "id,value,value\n1,2.0,3.0\n2,4.0,5.0\n3,6.0,7.0\n", ["id", "value", "value_2"],
         [["1", "2.0", "3.0"], ["2", "4.0", "5.0"], ["3", "6.0", "7.0"]]),
    Case("only names", "id,name,city\n", ["id", "name", "city"], []),
    Case("one row", "id,name,city\n1,Anna,Oslo\n", ["id", "name", "city"], [["1", "Anna", "Oslo"]]),
    Case("dates without names", "2021-01-01,10\n2021-01-02,12\n2021-01-03,9\n", _no_header(2),
         [["2021-01-01", "10"], ["2021-01-02", "12"], ["2021-01-03", "9"]], header=0),
    Case("long names, short values", "Do you own a car?,How many?,Would you buy another\nyes,1,no\nno,0,no\nyes,2,yes\nyes,1,no\n",
         ["Do you own a car?", "How many?", "Would you buy another"],
         [["yes", "1", "no"], ["no", "0", "no"], ["yes", "2", "yes"], ["yes", "1", "no"]]),
    Case("missing values", "id,score,grade\n1,NA,b\n2,3.5,NA\n3,NA,c\n4,2.0,a\n5,,b\n", ["id", "score", "grade"],
         [["1", "NA", "b"], ["2", "3.5", "NA"], ["3", "NA", "c"], ["4", "2.0", "a"], ["5", "", "b"]]),
    Case("Japanese names", "名前,年齢,都市\n田中,34,東京\n鈴木,28,大阪\n佐藤,45,京都\n", ["名前", "年齢", "都市"],
         [["田中", "34", "東京"], ["鈴木", "28", "大阪"], ["佐藤", "45", "京都"]]),
    Case("Arabic", "الاسم;العمر\nليلى;30\nعمر;41\nسارة;25\n", ["الاسم", "العمر"], [["ليلى", "30"], ["عمر", "41"], ["سارة", "25"]], ";"),
]  # fmt: skip

POLLUTED = [
    Case("a title above", "Sales report 2021\n" + _join(ORDERS), ORDERS[0], ORDERS[1:], skip=1),
    Case("a title and a blank line above", "Sales report 2021\n\n" + _join(ORDERS), ORDERS[0], ORDERS[1:], skip=2),
    Case("a title filled up with delimiters", "Sales report;;;\n;;;\n" + _join(ORDERS, ";"), ORDERS[0], ORDERS[1:], ";", skip=2),
    Case("facts above", "Station:,Oslo\nExported:,2021-05-01\n\n" + _join(ORDERS), ORDERS[0], ORDERS[1:], skip=3),
    Case("facts above, no blank line", "Station: Oslo\nExported: 2021-05-01 10:15\nBy: A. Berg\n" + _join(PEOPLE, "\t"), PEOPLE[0], PEOPLE[1:], "\t", skip=3),
    Case("a sentence with commas above", "This file, made in May, holds orders, prices and dates.\n" + _join(ORDERS, ";"), ORDERS[0], ORDERS[1:], ";", skip=1),
    Case("a source below", _join(ORDERS) + "\nSource: our own count\n", ORDERS[0], ORDERS[1:], footer=2),
    Case("notes below", _join(ORDERS, ";") + "\n* prices without tax\n** as of May, 2021\n", ORDERS[0], ORDERS[1:], ";", footer=3),
    Case("a count below", _join(PEOPLE, "|") + "(4 rows)\n", PEOPLE[0], PEOPLE[1:], "|", footer=1),
    Case("a note filled up below", _join(ORDERS) + "Source: ours,,,\n", ORDERS[0], ORDERS[1:], footer=1),
    Case("above and below", "Orders\n\n" + _join(ORDERS, "\t") + "\nEnd of report\n", ORDERS[0], ORDERS[1:], "\t", skip=2, footer=2),
    Case("comments above", "# made by hand\n# units: EUR\n" + _join(ORDERS), ORDERS[0], ORDERS[1:], comment="#"),
    Case("comments between", _join(ORDERS[:3]) + "# the rest is from April\n" + _join(ORDERS[3:]), ORDERS[0], ORDERS[1:], comment="#"),
    Case("comments with slashes", "// version 2, of May\n// by Anna\n" + _join(ORDERS, ";"), ORDERS[0], ORDERS[1:], ";", comment="//"),
    Case("comments with percent signs", "% angles, in degrees\n" + _join(SENSORS), _no_header(4), SENSORS, header=0, comment="%"),
    Case("the names in a comment", "# made by hand\n#id,x,y\n1,2.5,3.5\n2,2.6,3.6\n3,2.7,3.7\n", ["id", "x", "y"],
         [["1", "2.5", "3.5"], ["2", "2.6", "3.6"], ["3", "2.7", "3.7"]], comment="#"),
    Case("hash signs are no comments", "no,name\n#1,Anna\n#2,Ben\n#3,Chloé\n", ["no", "name"], [["#1", "Anna"], ["#2", "Ben"], ["#3", "Chloé"]]),
    Case("negative numbers are no comments", "x,y\n-1,2\n-3,4\n5,-6\n", ["x", "y"], [["-1", "2"], ["-3", "4"], ["5", "-6"]]),
    Case("blank lines between", "\n\n".join(",".join(row) for row in ORDERS) + "\n", ORDERS[0], ORDERS[1:]),
    Case("blank lines above", "\n\n" + _join(ORDERS), ORDERS[0], ORDERS[1:]),
    _table("Windows line ends", ORDERS, end="\r\n"),
    _table("old Macintosh line ends", ORDERS, end="\r"),
    Case("different line ends", "id,n\r\n1,2\n3,4\r\n5,6\n", ["id", "n"], [["1", "2"], ["3", "4"], ["5", "6"]]),
    Case("no line end at the end", _join(ORDERS).rstrip("\n"), ORDERS[0], ORDERS[1:]),
    Case("a delimiter at each end", "a,b,c,\n1,2,3,\n4,5,6,\n7,8,9,\n", ["a", "b", "c", "Column4"],
         [["1", "2", "3", ""], ["4", "5", "6", ""], ["7", "8", "9", ""]]),
    Case("two tables", _join(ORDERS) + "\nstore,town\nA,Oslo\nB,Bergen\n", ORDERS[0], ORDERS[1:], footer=4),
    Case("two tables of one width", "day,n\n1,10\n2,12\n3,9\n\ntown,people\nOslo,700\nBergen,290\n", ["day", "n"],
         [["1", "10"], ["2", "12"], ["3", "9"]], footer=4),
    Case("the last line is cut", _join(ORDERS) + "5,Scr", ORDERS[0], ORDERS[1:], complete=False),
    Case("the last quote is cut", 'id,t\n1,"a,b"\n2,"c"\n3,"d,e"\n4,"f,g', ["id", "t"], [["1", "a,b"], ["2", "c"], ["3", "d,e"]], quote='"', complete=False),
    Case("byte order mark", "\ufeff" + _join(PEOPLE), PEOPLE[0], PEOPLE[1:]),
]  # fmt: skip

MARKED_UP = [
    Case("a Markdown table", "| id | name | n |\n|----|------|---|\n| 1 | Anna | 5 |\n| 2 | Ben | 6 |\n| 3 | Chloé | 7 |\n", ["id", "name", "n"],
         [["1", "Anna", "5"], ["2", "Ben", "6"], ["3", "Chloé", "7"]], "|"),
    Case("a table of psql", " id | name  | n\n----+-------+---\n  1 | Anna  | 5\n  2 | Ben   | 6\n 33 | Chloé | 7\n(3 rows)\n", ["id", "name", "n"],
         [["1", "Anna", "5"], ["2", "Ben", "6"], ["33", "Chloé", "7"]], "|", footer=1),
    Case("a table of mysql", "+----+-------+\n| id | name  |\n+----+-------+\n|  1 | Anna  |\n|  2 | Ben   |\n| 33 | Chloé |\n+----+-------+\n", ["id", "name"],
         [["1", "Anna"], ["2", "Ben"], ["33", "Chloé"]], "|"),
]  # fmt: skip

FIXED = [
    Case("fixed width", "name      age city\nAnna       12 Berlin\nBob       103 New York\nCarla       7 Rome\n", ["name", "age", "city"],
         [["Anna", "12", "Berlin"], ["Bob", "103", "New York"], ["Carla", "7", "Rome"]], "", "fixed_width"),
    Case("fixed width, no names", "0001  Berg, Anna      12.50\n0002  Ito, Ben         3.75\n0003  Roy, Chloé     104.00\n0004  Lund, Dag        0.99\n",
         _no_header(3), [["0001", "Berg, Anna", "12.50"], ["0002", "Ito, Ben", "3.75"], ["0003", "Roy, Chloé", "104.00"], ["0004", "Lund, Dag", "0.99"]],
         "", "fixed_width", header=0),
    Case("fixed width, underlined", "id   name         price\n---- ------------ -----\n1    Bolt         2.50\n2    Gear wheel   12.00\n30   Nut          0.75\n",
         ["id", "name", "price"], [["1", "Bolt", "2.50"], ["2", "Gear wheel", "12.00"], ["30", "Nut", "0.75"]], "", "fixed_width"),
    Case("fixed width with gaps", "id   item        qty   note\n1    bolt          5   spare\n2    nut               late\n3    gear wheel   10\n4    spring        7   back order\n",
         ["id", "item", "qty", "note"], [["1", "bolt", "5", "spare"], ["2", "nut", "", "late"], ["3", "gear wheel", "10", ""],
                                         ["4", "spring", "7", "back order"]], "", "fixed_width"),
    Case("fixed width with a title", "Weather of Oslo, May 2021\n\nday   high   low  sky\n1     12.5   3.1  clear\n2     14.0   4.0  light rain\n3      9.5  -1.2  clear\n4     11.1   2.2  fog\n",
         ["day", "high", "low", "sky"], [["1", "12.5", "3.1", "clear"], ["2", "14.0", "4.0", "light rain"], ["3", "9.5", "-1.2", "clear"],
                                         ["4", "11.1", "2.2", "fog"]], "", "fixed_width", skip=2),
    Case("fixed width with dates", "2021-01-01 10:15  in    40\n2021-01-01 11:20  out    7\n2021-01-02 08:00  in   112\n2021-01-03 19:45  out   60\n", _no_header(3),
         [["2021-01-01 10:15", "in", "40"], ["2021-01-01 11:20", "out", "7"], ["2021-01-02 08:00", "in", "112"], ["2021-01-03 19:45", "out", "60"]],
         "", "fixed_width", header=0),
    Case("fixed width without blanks", "20210101ABC00012\n20210102XYZ00140\n20210103QQQ00007\n20210104ABD10000\n", _no_header(3),
         [["20210101", "ABC", "00012"], ["20210102", "XYZ", "00140"], ["20210103", "QQQ", "00007"], ["20210104", "ABD", "10000"]],
         "", "fixed_width", header=0),
    Case("processes", "USER       PID  %CPU COMMAND\nroot         1   0.0 init\nann       1024  12.5 python3\nbob      20480   3.1 vim\nann         77   0.4 sshd\n",
         ["USER", "PID", "%CPU", "COMMAND"], [["root", "1", "0.0", "init"], ["ann", "1024", "12.5", "python3"], ["bob", "20480", "3.1", "vim"],
                                              ["ann", "77", "0.4", "sshd"]], "", "fixed_width"),
]  # fmt: skip

JSON = [
    Case("JSON lines", '{"id": 1, "name": "Anna"}\n{"id": 2, "name": "Ben"}\n{"id": 3, "name": null}\n', ["id", "name"],
         [["1", "Anna"], ["2", "Ben"], ["3", None]], "", "json_lines"),  # type: ignore[list-item]
    Case("JSON lines, cut", '{"id": 1, "name": "Anna"}\n{"id": 2, "name": "Ben"}\n{"id": 3, "na', ["id", "name"],
         [["1", "Anna"], ["2", "Ben"]], "", "json_lines", complete=False),
    Case("JSON lines of lists", "[1, 2]\n[3, 4]\n[5, 6]\n", _no_header(2), [["1", "2"], ["3", "4"], ["5", "6"]], "", "json_lines"),
    Case("a JSON list", '[{"id": 1, "x": 2.50}, {"id": 2, "x": 3.75}]', ["id", "x"], [["1", "2.50"], ["2", "3.75"]], "", "json"),
    Case("records within JSON", '{"count": 2, "data": {"items": [{"id": 1, "at": {"x": 5}}, {"id": 2, "at": {"x": 6}}]}}', ["id", "at.x"],
         [["1", "5"], ["2", "6"]], "", "json"),
    Case("a JSON list on several lines", '[\n  {"id": 1, "ok": true},\n  {"id": 2, "ok": false}\n]\n', ["id", "ok"],
         [["1", "true"], ["2", "false"]], "", "json"),
    Case("one JSON object", '{"name": "Anna", "tags": ["a", "b"]}', ["name", "tags"], [["Anna", '["a", "b"]']], "", "json"),
    Case("a JSON list, cut", '{"rows": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n', ["id", "n"], [], "", "json", complete=False),
]  # fmt: skip

LINES = [
    Case("prose", "It was a bright day in April, and the clocks struck.\nNobody looked up.\nThe wind, cold as it was, went on; so did they.\n"
         "At noon it rained.\n", ["Column1"], [], "", "lines", header=0),
    Case("a log", "2021-05-01 10:15:00 INFO started the server on port 8080\n2021-05-01 10:15:02 WARN disk is nearly full: 91%\n"
         "2021-05-01 10:16:10 INFO request from 10.0.0.7 took 15 ms\n2021-05-01 10:17:44 ERROR could not open file, giving up\n",
         ["Column1"], [], "", "lines", header=0),
    Case("one column of words", "apple\npear\nquince\nplum\n", ["Column1"], [["apple"], ["pear"], ["quince"], ["plum"]], "", "lines", header=0),
    Case("one column of numbers with a name", "value\n1\n22\n3\n45\n", ["value"], [["1"], ["22"], ["3"], ["45"]], "", "lines"),
    Case("XML", "<?xml version='1.0'?>\n<rows>\n  <row id='1'>a</row>\n  <row id='2'>b</row>\n</rows>\n", ["Column1"], [], "", "lines", header=0),
    Case("one line of text", "Hello there, how are you today?\n", ["Column1"], [], "", "lines", header=0),
]  # fmt: skip

UNEVEN = [
    Case("rows of any width", 'a_1,b_1,c_1\n1,27,x\n2\n3,x\n4,5,y\n,"it is"\n', ["a_1", "b_1", "c_1"], [], quote='"'),
    Case("more names than cells", "a,b,c,d\n1,2,3\n", ["a", "b", "c", "d"], []),
    Case("a constant column", "no,unit,kind\n1,kg,kind\n2,kg,kind\n3,kg,kind\n", ["no", "unit", "kind"],
         [["1", "kg", "kind"], ["2", "kg", "kind"], ["3", "kg", "kind"]]),
    Case("a row of empty cells at the end", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n,,\n", ["a", "b", "c"],
         [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["", "", ""]]),
    Case("delimiters in all quoted cells", 'mod,fit,parameters\n"p, q(3,0,0)",-1.5,"1.6,-.3,-.2"\n"p c, q(3,0,0)",-1.4,"7.8,1.5"\n"p t, q(1)",-1.3,"3.8,.1,1.5"\n',
         ["mod", "fit", "parameters"], [["p, q(3,0,0)", "-1.5", "1.6,-.3,-.2"], ["p c, q(3,0,0)", "-1.4", "7.8,1.5"], ["p t, q(1)", "-1.3", "3.8,.1,1.5"]],
         quote='"'),
    Case("numbers with blanks between", "1.0e+00 2.5e-01 3\n1.5e+00 -2.5e-01 4\n2.0e+00 7.5e-01 5\n2.5e+00 -1.5e-01 6\n", _no_header(3),
         [["1.0e+00", "2.5e-01", "3"], ["1.5e+00", "-2.5e-01", "4"], ["2.0e+00", "7.5e-01", "5"], ["2.5e+00", "-1.5e-01", "6"]], " ", header=0),
    Case("a quoted name above numbers", '"x"\n-1.2\n0.27\n1.08\n-2.3\n', ["x"], [["-1.2"], ["0.27"], ["1.08"], ["-2.3"]], quote='"'),
    Case("names, a blank line, rows", 'Title:,"Area, 1996"\nSource:,"Office; Register"\nTable\n,"Area","Density","Males"\n\n"North","24.0","2.4","288.5"\n'
         '"South","78.5","6.6","24.8"\n"West","18.6","11.9","10.6"\n', ["Column1", "Area", "Density", "Males"],
         [["North", "24.0", "2.4", "288.5"], ["South", "78.5", "6.6", "24.8"], ["West", "18.6", "11.9", "10.6"]], quote='"', skip=3),
    Case("prose above fixed width", "Levels of the lake\nmeasured by hand, every day\nat noon.\n\nday     level   wind\n1        12.5    3.1\n2        12.0   14.0\n3         9.5    1.2\n10       11.1    2.2\n",
         ["day", "level", "wind"], [["1", "12.5", "3.1"], ["2", "12.0", "14.0"], ["3", "9.5", "1.2"], ["10", "11.1", "2.2"]], "", "fixed_width", skip=4),
    Case("facts, not a table", "Estimate of ratio:     1.0028\nTruth of ratio:     1.0000\nAll runs went well.\nThere were 99 of them.\nEstimate of error:   0.02\n"
         "Nothing else was found.\n", ["Column1"], [], "", "lines", header=0),
]  # fmt: skip

CASES = [*DELIMITERS, *QUOTES, *HEADERS, *POLLUTED, *MARKED_UP, *FIXED, *JSON, *LINES, *UNEVEN]
