"""Columns and pieces of columns put together, with constants and changes of case."""

from tests.benchmarks.byexample.taskset.draw import CITIES, COMPANIES, COUNTRIES, DOMAINS, FIRST, LAST, STATES, Draw, show
from tests.benchmarks.byexample.taskset.registry import Made, task, written


@task("columns", 8)
def full_name(r: Draw) -> Made:
    first, last = r.first(), r.last()
    return (first, last), f"{first} {last}"


@task("columns", 10)
def middle_may_be_empty(r: Draw) -> Made:
    first, middle, last = r.first(), r.choice(["", r.upper(1)]), r.last()
    return (first, middle, last), f"{first} {middle} {last}"


@task("columns", 10)
def line_of_code(r: Draw) -> Made:
    country, code = r.choice(COUNTRIES), str(r.randint(100, 999))
    return (country, code), f"if code == {code}: return '{country}'"


@task("columns", 6)
def all_joined(r: Draw) -> Made:
    cells = tuple(r.lower(1) for _ in range(4))
    return cells, "".join(cells)


@task("columns", 12)
def postal_address(r: Draw) -> Made:
    street, city, state, code = r.street(), r.city(), r.choice(STATES), r.digits(5)
    return (street, city, state, code), f"{street}, {city}, {state} {code}"


@task("columns", 10)
def date_and_time(r: Draw) -> Made:
    when = r.moment(1800, 2250)
    time, day = show(when, "{HH}:{nn}:{ss}"), show(when, "{yyyy}-{mm}-{dd}")
    return (time, day), f"{day} {time}"


@task("columns", 10)
def one_of_many_unused(r: Draw) -> Made:
    company, city = r.choice(COMPANIES), r.city()
    return (r.digits(4), company, r.upper(3), city), f"{company} ({city})"


@task("columns", 8)
def constant_around(r: Draw) -> Made:
    code = r.digits(r.randint(2, 6))
    return code, f"[{code}]"


@task("columns", 3)
def at_a_domain(r: Draw) -> Made:
    user = r.lower(r.randint(3, 9))
    return user, f"{user}@oakandpine.com"


@task("pieces", 10)
def last_comma_first(r: Draw) -> Made:
    first, last = r.first(), r.last()
    return f"{first} {last}", f"{last}, {first}"


@task("pieces", 10)
def first_before_last(r: Draw) -> Made:
    first, last = r.first(), r.last()
    return f"{last}, {first}", f"{first} {last}"


@task("pieces", 14)
def last_and_initial(r: Draw) -> Made:
    first, last = r.first(), r.last()
    middle = r.choice(["", f" {r.upper(1)}.", f" {r.first()}"])
    return f"{first}{middle} {last}", f"{last}, {first[0]}."


@task("pieces", 10)
def title_and_surname(r: Draw) -> Made:
    title, first, last = r.choice(["Mr.", "Ms.", "Dr."]), r.first(), r.last()
    return (title, f"{first} {last}"), f"{title} {last}"


@task("pieces", 10)
def two_sizes(r: Draw) -> Made:
    a, b = r.randint(10, 400), r.randint(10, 400)
    return f"bytes in =  {a}: {r.word()}.{r.word()} bytes out =  {b}: {r.word()}.{r.word()}", f"{a}/{b}"


@task("pieces", 10)
def folder_and_name_of_a_link(r: Draw) -> Made:
    language, folder, name = r.choice(["en", "de"]), f"{r.word()}-{r.randint(1, 9)}", f"DOC-{r.hex(8).upper()}"
    return f"http://{r.choice(DOMAINS)}/{r.word()}/{language}/{folder}/{name}", f"{language}_{folder}_{name}"


@task("pieces", 12)
def dashes_in_digits(r: Draw) -> Made:
    number = r.digits(9)
    return number, f"{number[:2]}-{number[2:5]}-{number[5:]}"


@task("pieces", 12)
def dots_for_dashes(r: Draw) -> Made:
    phone = [r.digits(3), r.digits(3), r.digits(4)]
    return "-".join(phone), ".".join(phone)


@task("pieces", 10)
def city_and_state(r: Draw) -> Made:
    city, state = r.city(), r.choice(STATES)
    return f"{r.street()}, {city}, {state} {r.digits(5)}", f"{city}, {state}"


@task("pieces", 10)
def two_groups_of_a_parcel(r: Draw) -> Made:
    a, b = r.upper(3), r.digits(4)
    return f"PX {a} {r.digits(3)} {r.digits(2)} {b} {r.randint(0, 9)}", f"{a} {b}"


@task("pieces", 12)
def artist_and_song(r: Draw) -> Made:
    song, artist = r.words(1, 3).title(), f"{r.first()} {r.last()}"
    return f"{r.randint(1, 40):02}. {song} - {artist}", f"{artist}: {song}"


@task("pieces", 10)
def masked_card(r: Draw) -> Made:
    card = r.digits(16)
    return card, f"**** {card[-4:]}"


@task("pieces", 10)
def range_of_pages(r: Draw) -> Made:
    low = r.randint(1, 400)
    high = low + r.randint(1, 60)
    return f"{r.choice(COMPANIES)}, vol. {r.randint(1, 40)}, pp. {low}-{high}", f"from {low} to {high}"


@task("pieces", 12)
def sentence_of_columns(r: Draw) -> Made:
    who, when, grams = r.choice(CITIES), r.moment(1850, 2150), r.randint(1000, 90000)
    text = f"The stone named {who.upper()} weighing {grams / 1000:.3f} kg fell in {when.year}"
    return (who, str(grams), show(when, "{yyyy}-{mm}-{dd} {HH}:{nn}:{ss}")), text


# Case -----------------------------------------------------------------------------------------------------------------------


@task("case", 12)
def surname_comma_initial(r: Draw) -> Made:
    first, last = r.choice([n for n in FIRST if "-" not in n]), r.choice([n for n in LAST if n.istitle() and n.isalpha()])
    return f"{first.lower()}  {last.lower()}", f"{last}, {first[0]}."


@task("case", 10)
def title_case(r: Draw) -> Made:
    name = r.words(1, 3)
    return name.upper(), name.title()


@task("case", 10)
def slug(r: Draw) -> Made:
    name = r.words(2, 4)
    return name.title(), name.replace(" ", "-")


@task("case", 10)
def constant_name(r: Draw) -> Made:
    name = r.words(2, 3)
    return name, name.upper().replace(" ", "_")


@task("case", 8)
def email_of_a_name(r: Draw) -> Made:
    first, last = r.first(), r.choice([n for n in LAST if n.isalpha()])
    return (first, last), f"{first}.{last}@brightmail.org".lower()


@task("case", 8)
def email_of_initial_and_surname(r: Draw) -> Made:
    first, last = r.first(), r.choice([n for n in LAST if n.isalpha()])
    return f"{first} {last}", f"{first[0]}{last}@lakeside.net".lower()


@task("case", 8)
def sentence_case(r: Draw) -> Made:
    text = r.words(3, 5)
    return text.upper(), text.capitalize()


@task("case", 10)
def township(r: Draw) -> Made:
    place = r.choice(CITIES)
    return f"{r.word().upper()} RD & {r.word().upper()} ST;  {place.upper()}; Station {r.digits(3)}; {r.randint(1, 28)} May", place


@task("initials", 12)
def dotted(r: Draw) -> Made:
    first, last = r.first(), r.last()
    return f"{first} {last}", f"{first[0]}.{last[0]}."


@task("initials", 15)
def of_every_word(r: Draw) -> Made:
    words = [r.word() for _ in range(r.randint(1, 4))]
    return " ".join(words).title(), "".join(word[0].upper() for word in words)


@task("initials", 10)
def of_three_columns(r: Draw) -> Made:
    names = (r.first(), r.first(), r.last())
    return names, "".join(name[0] for name in names)


@task("initials", 8)
def first_letter(r: Draw) -> Made:
    name = f"{r.first()} {r.last()}"
    return name, name[0]


@task("initials", 8)
def first_letter_of_the_surname(r: Draw) -> Made:
    last = r.last()
    return f"{r.first()} {last}", last[0]


written("pieces", [
    ("Lee v. Harper, 12 Cal. 4th 88 (1999)", "Lee v. Harper (1999)"), ("Diaz v. Coe, 301 U.S. 7 (1937)", "Diaz v. Coe (1937)"),
    ("In re Marsh, 9 F.3d 410 (1993)", "In re Marsh (1993)"),
    ("Roe v. City of Lund, 44 N.W. 2 (1890)", "Roe v. City of Lund (1890)"),
])  # fmt: skip
