"""Rows of several kinds: conditions, missing values, value maps, lists inside a cell, letters of other languages."""

from tests.benchmarks.byexample.taskset.draw import CITIES, DOMAINS, STATES, Draw, show
from tests.benchmarks.byexample.taskset.registry import Made, task, written


@task("condition", 30)
def extension_or_null_word(r: Draw) -> Made:
    phone = f"{r.digits(3)}-{r.digits(3)}-{r.digits(4)}"
    extension = f"x{r.digits(r.randint(3, 4))}"
    return (f"{phone} {extension}", extension) if r.often(0.5) else (phone, "NULL")


@task("condition", 10)
def default_area_code(r: Draw) -> Made:
    area, middle, last = r.digits(3), r.digits(3), r.digits(4)
    return r.choice([
        (f"({area}) {middle} {last}", f"{area}-{middle}-{last}"),
        (f"{area}-{middle}-{last}", f"{area}-{middle}-{last}"),
        (f"{middle}.{last}", f"206-{middle}-{last}"),
        (f"{middle}-{last}", f"206-{middle}-{last}"),
    ])  # fmt: skip


@task("condition", 12)
def close_the_bracket(r: Draw) -> Made:
    code = f"[REF-{r.digits(r.randint(3, 6))}"
    return code + r.choice(["", "]"]), f"{code}]"


@task("condition", 12)
def scheme_added_where_missing(r: Draw) -> Made:
    site = f"{r.choice(DOMAINS)}/{r.word()}"
    return r.choice(["", "https://"]) + site, f"https://{site}"


@task("condition", 12)
def email_where_there_is_one(r: Draw) -> Made:
    email = f"{r.lower(r.randint(1, 6))}{r.choice(['', r.digits(2)])}@{r.choice(DOMAINS)}"
    if r.often(0.4):
        return f"{r.words(1, 3)} @ {r.choice(DOMAINS)} {r.words(2, 4)}", None
    return f"{r.words(2, 4)} {email} {r.words(1, 4)}", email


@task("condition", 12)
def house_number_if_any(r: Draw) -> Made:
    number = str(r.randint(2, 4000))
    tail = f"Harbour Road, {r.city()}, {r.choice(STATES)} {r.digits(5)}"
    return (f"{number} {tail}", number) if r.often(0.75) else (f"One {tail}", None)


@task("condition", 14)
def blank_becomes_unknown(r: Draw) -> Made:
    city = r.choice([*CITIES, "", "", "", "", "", ""])
    return city, city or "Unknown"


@task("condition", 14)
def missing_amount_is_zero(r: Draw) -> Made:
    amount = r.digits(r.randint(2, 4))
    return (amount, amount) if r.often(0.7) else (None, "0")


@task("condition", 16)
def rating_or_zero(r: Draw) -> Made:
    blanks = r.choice(["", " ", "\n", "\t \n"])
    rating = str(r.randint(1, 10))
    return (f"{blanks}({rating})", rating) if r.often(0.6) else (f"({blanks}Not rated)", "0")


@task("condition", 12)
def person_or_company(r: Draw) -> Made:
    if r.often(0.5):
        first, last = r.first(), r.last()
        return f"{last}, {first}", f"{first} {last}"
    company = f"{r.word().title()} {r.choice(['Ltd', 'GmbH', 'Inc'])}"
    return company, company


@task("condition", 15)
def two_kinds_of_ticket(r: Draw) -> Made:
    number = r.digits(4)
    return r.choice([(f"BUG-{number}: {r.words(2, 4)}", number), (f"{r.words(2, 4)} (#{number})", number)])


@task("condition", 12)
def phone_or_tablet(r: Draw) -> Made:
    kind = r.choice(["yPhone", "yPad"])
    if r.often(0.5):
        return f"App-{r.randint(1, 9)}.{r.randint(0, 9)}/{kind}-{r.randint(4, 9)}.{r.randint(0, 9)}", kind
    model = r.upper(2) + r.digits(3)
    return f"App-Droid/{r.randint(1, 9)}.{r.randint(0, 9)}-beta {model} OS {r.randint(4, 9)}.0", model


@task("condition", 12)
def already_a_range(r: Draw) -> Made:
    low = r.randint(1, 60)
    return r.choice([(str(low), f"{low}-{low}"), (f"{low}-{low + 5}", f"{low}-{low + 5}")])


@task("condition", 12)
def grams_and_kilograms(r: Draw) -> Made:
    size = r.randint(1, 9)
    return r.choice([(f"{size} kg", f"{size}000"), (f"{size}50 g", f"{size}50")])


@task("condition", 12)
def long_texts_cut(r: Draw) -> Made:
    text = r.words(1, 5)
    return text, text if len(text) <= 12 else text[:12] + "..."


@task("condition", 12)
def odd_dates_are_left(r: Draw) -> Made:
    when = r.moment(1990, 2020)
    if r.often(0.3):
        return r.choice([("TBD", "TBD"), ("see note", "see note"), ("cancelled", "cancelled")])
    return show(when, "{m}/{d}/{yyyy}"), show(when, "{yyyy}-{mm}-{dd}")


@task("missing", 10)
def middle_name_if_any(r: Draw) -> Made:
    middle = r.first()
    first, last = r.first(), r.last()
    return (f"{first} {middle} {last}", middle) if r.often(0.6) else (f"{first} {last}", None)


@task("missing", 12)
def parameter_if_any(r: Draw) -> Made:
    campaign = r.word()
    url = f"https://{r.choice(DOMAINS)}/{r.word()}"
    return (f"{url}?utm={campaign}", campaign) if r.often(0.6) else (url, None)


@task("missing", 15)
def apartment_if_any(r: Draw) -> Made:
    flat = str(r.randint(1, 60))
    return (f"{r.street()}, Apt {flat}", flat) if r.often(0.6) else (r.street(), None)


@task("missing", 12)
def not_available(r: Draw) -> Made:
    number = r.digits(3)
    return (f"{r.word()} no. {number}", number) if r.often(0.6) else (r.word(), "N/A")


@task("missing", 10)
def empty_cells(r: Draw) -> Made:
    if r.often(0.3):
        return r.choice([None, ""]), None
    domain = r.choice(DOMAINS)
    return f"{r.first().lower()}@{domain}", domain


# Value maps -----------------------------------------------------------------------------------------------------------------
MAPS: dict[str, tuple[int, dict[str | None, str]]] = {
    "answer": (15, {"Yes": "1", "No": "0"}),
    "sex": (20, {"M": "male", "F": "female", "": "unknown"}),
    "size": (14, {"Small": "S", "Medium": "M", "Large": "L", "Extra large": "XL"}),
    "doors": (20, {"two": "2", "four": "4", "?": "0"}),
    "city": (12, {"nyc": "New York", "NYC": "New York", "New York": "New York", "ny": "New York", "": ""}),
    "grade": (18, {"A": "pass", "B": "pass", "C": "pass", "F": "fail"}),
    "status": (16, {"open": "To do", "wip": "Doing", "closed": "Done"}),
    "unit": (10, {"kg": "kilogram", "g": "gram", "l": "litre"}),
}
for name, (rows, pairs) in MAPS.items():
    draw = Draw(f"map/{name}")
    keys = [*pairs, *(draw.choice(list(pairs)) for _ in range(rows - len(pairs)))]
    written("map", [(key, pairs[key]) for key in keys])


# Lists inside a cell --------------------------------------------------------------------------------------------------------


def _items(r: Draw, least: int = 2, most: int = 5) -> list[str]:
    return [r.word() for _ in range(r.randint(least, most))]


@task("list", 8)
def sorted_items(r: Draw) -> Made:
    items = _items(r, 3)
    return ", ".join(items), ", ".join(sorted(items))


@task("list", 8)
def reversed_items(r: Draw) -> Made:
    items = _items(r, 2, 4)
    return "/".join(items), "/".join(reversed(items))


@task("list", 8)
def unique_items(r: Draw) -> Made:
    items = [r.choice(["red", "green", "blue", "black"]) for _ in range(r.randint(3, 6))]
    return ";".join(items), ";".join(dict.fromkeys(items))


@task("list", 8)
def another_separator(r: Draw) -> Made:
    items = _items(r)
    return ", ".join(items), " | ".join(items)


@task("list", 8)
def first_letters(r: Draw) -> Made:
    items = [r.first() for _ in range(r.randint(2, 4))]
    return ", ".join(items), ", ".join(item[0] for item in items)


@task("list", 8)
def surnames(r: Draw) -> Made:
    pairs = [(r.first(), r.last()) for _ in range(r.randint(1, 4))]
    return "; ".join(f"{first} {last}" for first, last in pairs), "; ".join(last for _, last in pairs)


@task("list", 8)
def how_many(r: Draw) -> Made:
    items = _items(r, 1, 6)
    return ", ".join(items), str(len(items))


@task("list", 8)
def titled_items(r: Draw) -> Made:
    items = _items(r)
    return ",".join(items), ", ".join(item.title() for item in items)


@task("list", 8)
def numbers_only(r: Draw) -> Made:
    items = [r.choice([r.word(), r.digits(2)]) for _ in range(5)] + [r.digits(2)]
    return " ".join(items), " ".join(item for item in items if item.isdigit())


@task("list", 10)
def digits_only(r: Draw) -> Made:
    parts = [r.digits(r.randint(1, 3)) for _ in range(r.randint(2, 4))]
    return r.choice(["-", ".", " "]).join(parts) + r.choice(["", "/"]), "".join(parts)


# Letters --------------------------------------------------------------------------------------------------------------------
written("letters", [
    ("José Núñez", "Jose Nunez"), ("Zoë Brontë", "Zoe Bronte"), ("Ada Stone", "Ada Stone"), ("Jiří Dvořák", "Jiri Dvorak"),
    ("François Côté", "Francois Cote"), ("Ángel Muñoz", "Angel Munoz"),
])  # fmt: skip
written("letters", [
    ("Café Zürich", "cafe-zurich"), ("Crème brûlée", "creme-brulee"), ("Plain tea", "plain-tea"), ("Piña colada", "pina-colada"),
])  # fmt: skip
written("letters", [
    ("שלום - תודה", "תודה"), ("בוקר - ערב", "ערב"), ("קיץ - חורף", "חורף"), ("לחם - חלב", "חלב"),
])  # fmt: skip
written("letters", [
    ("القاهرة، مصر", "مصر"), ("بيروت، لبنان", "لبنان"), ("الرباط، المغرب", "المغرب"), ("عمان، الأردن", "الأردن"),
])  # fmt: skip
written("letters", [
    ("東京都 新宿区 160-0022", "160-0022"), ("大阪府 北区 530-0001", "530-0001"), ("京都府 中京区 604-8571", "604-8571"),
])  # fmt: skip
written("letters", [
    ("Иван Петров", "Петров И."), ("Анна Орлова", "Орлова А."), ("Борис Ким", "Ким Б."), ("Вера Лебедева", "Лебедева В."),
])  # fmt: skip
written("letters", [
    ("ΑΘΗΝΑ 104 31", "Αθηνα"), ("ΠΑΤΡΑ 262 21", "Πατρα"), ("ΒΟΛΟΣ 382 21", "Βολος"), ("ΧΑΝΙΑ 731 00", "Χανια"),
])  # fmt: skip
written("letters", [
    ("☀️ Sunny, 24°C", "24"), ("🌧️ Rain, 9°C", "9"), ("☁️ Cloudy, -3°C", "-3"), ("❄️ Snow, -11°C", "-11"), ("☀️ Sunny, 31°C", "31"),
])  # fmt: skip
