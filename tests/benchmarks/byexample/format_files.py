"""Delimited texts drawn at random, with titles, notes, comments, quotes and line ends, and what they hold."""

import random
from collections.abc import Callable, Iterator

from tests.byexample.fileformat.cases import Case

_FIRST = ["Anna", "Ben", "Chloé", "Dag", "Elif", "Fumi", "Gus", "Hana", "Ivo", "Jo", "Kai", "Lena", "Mo", "Nils", "Ona", "Pia"]
_LAST = [
    "Berg",
    "Ito",
    "Roy",
    "Lund",
    "Kaya",
    "Sato",
    "O'Neil",
    "Novák",
    "Smith-Jones",
    "de Wit",
    "Rossi",
    "García",
    "Müller",
    "Eze",
]
_CITIES = [
    "Oslo",
    "Kyoto",
    "Lyon",
    "Bergen",
    "Izmir",
    "Osaka",
    "Cork",
    "Brno",
    "Leeds",
    "New York",
    "San José",
    "Köln",
    "Porto Alegre",
]
_NOUNS = [
    "bolt",
    "nut",
    "gear",
    "spring",
    "washer",
    "pipe",
    "valve",
    "gasket",
    "bearing",
    "shaft",
    "belt",
    "screw",
    "clamp",
    "hose",
]
_SENTENCES = [
    "arrived late, box was wet", "nothing to add", "customer called: wants a refund", "see the note of May; not urgent", "ok",
    "the lid (left) is loose", "asked twice, no answer", "fine", "return it & pay back 50%", "height, width and depth are wrong",
]  # fmt: skip
_MARKS = [",", ";", "\t", "|", "^", "~", "\x01", "||", "::", "~|~"]
_WEIGHTS = [40, 20, 15, 10, 3, 2, 2, 3, 2, 2]
Maker = Callable[[random.Random], str]


def _columns(decimal: str) -> list[tuple[list[str], Maker]]:
    """Names that a column may have, and how a value is drawn."""

    def number(draw: random.Random, digits: int) -> str:
        return f"{draw.uniform(-50, 5000):.{digits}f}".replace(".", decimal)

    def date(draw: random.Random) -> tuple[int, int, int]:
        return draw.randint(1990, 2024), draw.randint(1, 12), draw.randint(1, 28)

    return [
        (["id", "no", "Nr", "key"], lambda draw: str(draw.randint(1, 99999))),
        (["qty", "Menge", "count", "n_items"], lambda draw: str(draw.randint(0, 400))),
        (["price", "Amount", "total_eur", "Preis"], lambda draw: number(draw, 2)),
        (["temp", "reading", "x", "Value"], lambda draw: number(draw, 3)),
        (["date", "Datum", "created_at", "day"], lambda draw: "{:04}-{:02}-{:02}".format(*date(draw))),
        (["when", "Delivered", "order date"], lambda draw: "{2:02}.{1:02}.{0:04}".format(*date(draw))),
        (["timestamp", "at", "logged"], lambda draw: "{:04}-{:02}-{:02} {:02}:{:02}:00".format(*date(draw), *date(draw)[1:])),
        (["time", "Start"], lambda draw: f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}"),
        (["name", "Customer", "employee"], lambda draw: f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"),
        (["full name", "Person"], lambda draw: f"{draw.choice(_LAST)}, {draw.choice(_FIRST)}"),
        (["first_name", "Vorname"], lambda draw: draw.choice(_FIRST)),
        (["city", "Ort", "place of birth"], lambda draw: draw.choice(_CITIES)),
        (["item", "part", "Artikel"], lambda draw: " ".join(draw.choices(_NOUNS, k=draw.choice([1, 1, 2])))),
        (["sku", "code", "Part No."], lambda draw: f"{draw.choice('ABCXYZ')}{draw.choice('KLMN')}-{draw.randint(100, 999)}"),
        (["status", "state", "Zustand"], lambda draw: draw.choice(["open", "closed", "late", "new"])),
        (["active", "paid?", "is_new"], lambda draw: draw.choice(["yes", "no"])),
        (["note", "comment", "Bemerkung"], lambda draw: draw.choice(_SENTENCES)),
        (["email", "contact"], lambda draw: f"{draw.choice(_FIRST).lower()}@example.org"),
        (["url", "link"], lambda draw: f"https://example.org/{draw.choice(_NOUNS)}?id={draw.randint(1, 99)}"),
        (["share", "rate"], lambda draw: f"{draw.randint(0, 100)}%"),
    ]  # fmt: skip


def made(count: int, seed: int) -> Iterator[Case]:
    """So many texts; the same for the same seed."""
    draw = random.Random(seed)
    for number in range(count):
        yield _one(draw, f"made {seed}.{number}")


def _one(draw: random.Random, name: str) -> Case:
    mark = draw.choices(_MARKS, _WEIGHTS)[0]
    decimal = "," if mark != "," and draw.random() < 0.25 else "."
    chosen = draw.sample(_columns(decimal), draw.randint(2, 9))
    empty = [draw.choice([0, 0, 0, 0.1, 0.4]) for _ in chosen]
    rows = [
        [make(draw) if draw.random() >= share else "" for (_, make), share in zip(chosen, empty, strict=True)]
        for _ in range(draw.choice([3, 5, 8, 12, 30, 100]))
    ]
    if len(chosen) == 2:
        rows = [row if row[0] else ["x", row[1]] for row in rows]
    header = draw.random() < 0.8
    names = [draw.choice(names) for names, _ in chosen] if header else [f"Column{place}" for place in range(1, len(chosen) + 1)]
    quoting = draw.choice(["needed", "needed", "all", "texts"])
    end = draw.choices(["\n", "\r\n", "\r"], [70, 25, 5])[0]
    quoted = False
    lines = []
    for row in [names, *rows] if header else rows:
        cells = []
        for cell in row:
            must = mark in cell or '"' in cell or (len(mark) > 1 and mark[0] in cell)
            if must or quoting == "all" or (quoting == "texts" and any(char.isalpha() for char in cell)):
                cells.append('"' + cell.replace('"', '""') + '"')
                quoted = True
            else:
                cells.append(cell)
        lines.append(mark.join(cells))
    above, comment = _above(draw, mark, len(chosen))
    below = _below(draw)
    text = end.join([*above, *lines, *below]) + end * draw.choice([0, 1, 1, 1])
    return Case(
        name, text, names, rows, mark, quote='"' if quoted else None, header=int(header), comment=comment,
        skip=0 if comment else len(above), footer=len(below), decimal=decimal,
    )  # fmt: skip


def _above(draw: random.Random, mark: str, width: int) -> tuple[list[str], str]:
    kind = draw.choices(["", "title", "title, blank", "facts", "comments", "padded"], [55, 9, 9, 9, 9, 9])[0]
    if kind == "title":
        return [f"{draw.choice(['Report', 'List', 'Export'])} of {draw.choice(_CITIES)}"], ""
    if kind == "title, blank":
        return [f"Stock of {draw.choice(_CITIES)}, {draw.randint(2000, 2024)}", ""], ""
    if kind == "facts":
        return [f"Made by: {draw.choice(_FIRST)}", f"Made on: {draw.randint(2000, 2024)}-01-02", ""], ""
    if kind == "comments":
        return [f"# made by {draw.choice(_FIRST)}", "# all numbers are preliminary, see below"][: draw.randint(1, 2)], "#"
    if kind == "padded" and width > 2:
        return ["Report" + mark * (width - 1)], ""
    return [], ""


def _below(draw: random.Random) -> list[str]:
    kind = draw.choices(["", "source", "notes"], [80, 12, 8])[0]
    if kind == "source":
        return ["", f"Source: {draw.choice(_CITIES)} office"]
    return ["* preliminary", "** without tax, as of May"] if kind == "notes" else []
