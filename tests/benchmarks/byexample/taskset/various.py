"""More of what users ask for: computed dates, durations, code names, units, and conditions on values."""

from datetime import timedelta
from decimal import Decimal

from tests.benchmarks.byexample.taskset.draw import COUNTRIES, Draw, ordinal, show
from tests.benchmarks.byexample.taskset.registry import Made, task


@task("date.shift", 12)
def last_of_the_month(r: Draw) -> Made:
    when = r.moment(1995, 2030)
    after = (when.replace(day=28) + timedelta(days=4)).replace(day=1)
    return show(when, "{yyyy}-{mm}-{dd}"), show(after - timedelta(days=1), "{yyyy}-{mm}-{dd}")


@task("date.shift", 12)
def first_of_the_month(r: Draw) -> Made:
    when = r.moment(1995, 2030)
    return show(when, "{m}/{d}/{yyyy}"), show(when.replace(day=1), "{m}/{d}/{yyyy}")


@task("date.shift", 12)
def the_day_after(r: Draw) -> Made:
    when = r.moment(1995, 2030)
    return show(when, "{yyyy}-{mm}-{dd}"), show(when + timedelta(days=1), "{yyyy}-{mm}-{dd}")


@task("date.shift", 12)
def due_in_thirty_days(r: Draw) -> Made:
    when = r.moment(1995, 2030)
    return show(when, "{d} {mon} {yyyy}"), show(when + timedelta(days=30), "{d} {mon} {yyyy}")


@task("date.shift", 12)
def days_between(r: Draw) -> Made:
    start = r.moment(2015, 2020)
    days = r.randint(1, 400)
    end = start + timedelta(days=days)
    return (show(start, "{yyyy}-{mm}-{dd}"), show(end, "{yyyy}-{mm}-{dd}")), str(days)


@task("date.shift", 10)
def monday_of_the_week(r: Draw) -> Made:
    when = r.moment(2010, 2030)
    return show(when, "{yyyy}-{mm}-{dd}"), show(when - timedelta(days=when.weekday()), "{yyyy}-{mm}-{dd}")


@task("duration", 10)
def seconds_of_a_duration(r: Draw) -> Made:
    hours, minutes, seconds = r.randint(0, 20), r.randint(0, 59), r.randint(0, 59)
    return f"{hours}:{minutes:02}:{seconds:02}", str(hours * 3600 + minutes * 60 + seconds)


@task("duration", 10)
def minutes_as_hours(r: Draw) -> Made:
    minutes = r.randint(20, 900)
    return str(minutes), f"{minutes // 60}:{minutes % 60:02}"


@task("duration", 10)
def hours_and_minutes_in_letters(r: Draw) -> Made:
    hours, minutes = r.randint(0, 20), r.randint(0, 59)
    return f"{hours}:{minutes:02}", f"{hours}h {minutes}m"


@task("names.code", 10)
def snake_of_camel(r: Draw) -> Made:
    words = [r.word() for _ in range(r.randint(2, 4))]
    return words[0] + "".join(word.title() for word in words[1:]), "_".join(words)


@task("names.code", 10)
def camel_of_words(r: Draw) -> Made:
    words = [r.word() for _ in range(r.randint(2, 4))]
    return " ".join(words).capitalize(), words[0] + "".join(word.title() for word in words[1:])


@task("names.code", 10)
def words_of_snake(r: Draw) -> Made:
    words = [r.word() for _ in range(r.randint(1, 4))]
    return "_".join(words), " ".join(words).capitalize()


@task("names.code", 10)
def pascal_of_kebab(r: Draw) -> Made:
    words = [r.word() for _ in range(r.randint(1, 4))]
    return "-".join(words), "".join(word.title() for word in words)


@task("units", 12)
def number_of_a_quantity(r: Draw) -> Made:
    number = r.choice([str(r.randint(1, 500)), f"{r.randint(1, 90)}.{r.randint(1, 9)}"])
    return f"{number}{r.choice([' ', ''])}{r.choice(['kg', 'cm', 'pcs.', 'm2'])}", number


@task("units", 12)
def unit_of_a_quantity(r: Draw) -> Made:
    unit = r.choice(["kg", "cm", "ml", "pcs"])
    return f"{r.choice([str(r.randint(1, 500)), f'{r.randint(1, 90)}.{r.randint(1, 9)}'])}{unit}", unit


@task("units", 10)
def metres_to_centimetres(r: Draw) -> Made:
    metres = Decimal(r.randint(50, 900)) / 100
    return f"{metres:.2f} m", f"{int(metres * 100)} cm"


@task("units", 10)
def ordinals(r: Draw) -> Made:
    number = r.randint(1, 120)
    return str(number), ordinal(number)


@task("units", 10)
def megabytes(r: Draw) -> Made:
    size = r.randint(1, 90)
    return f"{size} GB", f"{size * 1000} MB"


@task("condition", 14)
def debit_or_credit(r: Draw) -> Made:
    amount = f"{r.uniform(1, 900):.2f}"
    return (f"-{amount}", f"{amount} debit") if r.often(0.4) else (amount, f"{amount} credit")


@task("condition", 16)
def high_or_low(r: Draw) -> Made:
    number = r.randint(1, 200)
    return str(number), "high" if number >= 100 else "low"


@task("condition", 14)
def weekend(r: Draw) -> Made:
    when = r.moment(2018, 2022)
    return show(when, "{wd} {d} {mon}"), "weekend" if when.weekday() > 4 else "working day"


@task("condition", 12)
def nickname_if_any(r: Draw) -> Made:
    first, nick = r.first(), r.choice(["", "", r.word().title()])
    return (first, nick), nick or first


@task("condition", 12)
def first_that_is_filled(r: Draw) -> Made:
    numbers = [r.choice([None, f"{r.digits(3)}-{r.digits(4)}"]) for _ in range(2)] + [f"{r.digits(3)}-{r.digits(4)}"]
    return tuple(numbers), next(number for number in numbers if number)


@task("condition", 12)
def long_and_short_phone_numbers(r: Draw) -> Made:
    long = r.digits(10)
    return r.choice([(long, f"{long[:3]}-{long[3:6]}-{long[6:]}"), (long[:7], f"{long[:3]}-{long[3:7]}")])


@task("condition", 12)
def morning_or_afternoon(r: Draw) -> Made:
    when = r.moment()
    return show(when, "{h}:{nn} {AM}"), "morning" if when.hour < 12 else "afternoon"


@task("map.part", 16)
def address_of_a_person(r: Draw) -> Made:
    sex, last = r.choice(["M", "F"]), r.last()
    return (sex, f"{r.first()} {last}"), f"{'Mr.' if sex == 'M' else 'Ms.'} {last}"


@task("map.part", 16)
def country_of_a_dial_code(r: Draw) -> Made:
    code, country = r.choice([("47", "Norway"), ("34", "Spain"), ("43", "Austria")])
    return f"+{code} {r.digits(3)} {r.digits(4)}", country


@task("map.part", 16)
def letters_for_states(r: Draw) -> Made:
    name, letters = r.choice([("Texas", "TX"), ("Oregon", "OR"), ("Maine", "ME")])
    return f"{r.city()}, {name}", letters


@task("map.part", 12)
def file_kinds(r: Draw) -> Made:
    extension, kind = r.choice([("png", "image"), ("csv", "table"), ("txt", "text")])
    return f"{r.word()}{r.randint(1, 30)}.{extension}", kind


@task("substring.more", 12)
def two_middle_pieces(r: Draw) -> Made:
    middle = f"{r.word()}_{r.digits(3)}"
    return f"{r.word()}_{middle}_{r.lower(2)}", middle


@task("substring.more", 12)
def path_without_extension(r: Draw) -> Made:
    path = f"/srv/{r.word()}/{r.word()}{r.choice(['', '.v2'])}"
    return f"{path}.{r.choice(['html', 'xml'])}", path


@task("substring.more", 12)
def name_of_a_domain(r: Draw) -> Made:
    name = r.word()
    return f"{r.choice(['www.', ''])}{name}.{r.choice(['com', 'org', 'co.uk'])}", name


@task("substring.more", 12)
def description_after_the_code(r: Draw) -> Made:
    text = r.words(1, 4).capitalize()
    return f"{r.upper(2)}-{r.digits(r.randint(2, 4))} {text}", text


@task("substring.more", 12)
def country_in_an_address(r: Draw) -> Made:
    country = r.choice(COUNTRIES)
    return f"{r.street()}, {r.digits(5)} {r.city()}{r.choice(['', ' Ost'])}, {country}{r.choice(['', '.'])}", country


@task("substring.more", 10)
def account_in_groups(r: Draw) -> Made:
    number = r.digits(12)
    return number, f"{number[:4]} {number[4:8]} {number[8:]}"


@task("substring.more", 10)
def answer_after_a_question(r: Draw) -> Made:
    answer = r.words(1, 3)
    return f"{r.words(2, 4).capitalize()}? {answer.capitalize()}.", answer.capitalize()


@task("list", 8)
def largest_first(r: Draw) -> Made:
    numbers = [r.randint(1, 300) for _ in range(r.randint(3, 5))]
    return ";".join(map(str, numbers)), ";".join(map(str, sorted(numbers, reverse=True)))


@task("list", 8)
def first_and_last(r: Draw) -> Made:
    items = [r.word() for _ in range(r.randint(3, 6))]
    return ",".join(items), f"{items[0]}-{items[-1]}"
