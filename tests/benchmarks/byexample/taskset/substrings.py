"""One substring of a text: by delimiters, marks, tokens, places, with the mess of real columns."""

from tests.benchmarks.byexample.taskset.draw import CITIES, COMPANIES, COUNTRIES, DOMAINS, MONTHS, STATES, Draw, show
from tests.benchmarks.byexample.taskset.registry import Made, task, written


@task("substring.delimiter", 20)
def stock_number(r: Draw) -> Made:
    code = r.digits(5)
    return f"{r.upper(3)}-{code}-{r.upper(2)}", code


@task("substring.delimiter", 12)
def last_of_bars(r: Draw) -> Made:
    last = r.choice(["north", "south", "east", "west"])
    return "|".join([*(r.word() for _ in range(r.randint(2, 4))), str(r.randint(2001, 2024)), last]), last


@task("substring.delimiter", 15)
def third_field_of_a_record(r: Draw) -> Made:
    city = r.city()
    return f"{r.first()} {r.last()};{r.street()};{city};{r.digits(5)}", city


@task("substring.delimiter", 15)
def colon_with_uneven_blanks(r: Draw) -> Made:
    name = f"{r.word()} {r.word()}"
    return f"{r.choice(['Item', 'Part', 'Spare part'])}{' ' * r.randint(0, 2)}:{' ' * r.randint(1, 4)}{name}", name


@task("substring.delimiter", 10)
def before_the_first_comma(r: Draw) -> Made:
    company = r.choice(COMPANIES)
    return f"{company}, {r.city()}, {r.choice(COUNTRIES)}", company


@task("substring.delimiter", 25)
def several_delimiters(r: Draw) -> Made:
    phone = f"({r.digits(3)}) {r.digits(3)}-{r.digits(4)}"
    return f"{r.first()} {r.last()}{' ' * r.randint(3, 12)}{r.street()},{r.city()},{r.choice(STATES)},{phone},{r.digits(5)}", phone


@task("substring.delimiter", 25)
def street_after_wide_blanks(r: Draw) -> Made:
    street = r.street()
    return f"{r.first()} {r.last()}{' ' * r.randint(4, 14)}{street},{r.city()},{r.choice(STATES)},{r.digits(5)}", street


@task("substring.delimiter", 18)
def second_to_last(r: Draw) -> Made:
    country = r.choice(COUNTRIES)
    middle = [r.city() for _ in range(r.randint(1, 3))]
    return " > ".join(["World", *middle, country, r.digits(4)]), country


@task("substring.delimiter", 9)
def all_but_the_last(r: Draw) -> Made:
    parents = ".".join(r.word() for _ in range(r.randint(2, 4)))
    return f"{parents}.{r.word().title()}", parents


@task("substring.delimiter", 10)
def everything_after_the_first_dash(r: Draw) -> Made:
    rest = "-".join(r.word() for _ in range(r.randint(1, 3)))
    return f"{r.digits(r.randint(2, 5))}-{rest}", rest


@task("substring.marks", 16)
def invoice_between_labels(r: Draw) -> Made:
    invoice = r.digits(r.randint(3, 6))
    return f"Ref: {r.upper(2)}{r.digits(3)}/{r.upper(1)}; Inv: {invoice}; Due: {r.choice([14, 30, 60])}d", invoice


@task("substring.marks", 14)
def inside_round_brackets(r: Draw) -> Made:
    brand = r.choice(["Kestrel", "Orbit", "Nordlys", "Fable & Co", "Zenit"])
    return f"{r.words(1, 3)} ({brand}) {r.choice([250, 500, 750])} ml", brand


@task("substring.marks", 12)
def year_in_the_last_brackets(r: Draw) -> Made:
    year = str(r.randint(1931, 2023))
    cut = r.choice(["", " (Director's Cut)", " (Part II)"])
    return f"The {r.word().title()} of {r.word().title()}{cut} ({year})", year


@task("substring.marks", 15)
def address_in_angles(r: Draw) -> Made:
    email = r.email()
    return f"{r.choice(['', 'Dr. ', 'Prof. '])}{r.first()} {r.last()} <{email}>", email


@task("substring.marks", 12)
def quoted_title(r: Draw) -> Made:
    title = r.words(1, 4).capitalize()
    return f'{r.last()}, {r.upper(1)}. ({r.randint(1990, 2020)}). "{title}". {r.choice(COMPANIES)}', title


@task("substring.marks", 20)
def value_of_a_key(r: Draw) -> Made:
    colour = r.choice(["red", "dark blue", "green", "off-white"])
    pairs = [f"size={r.randint(30, 48)}", f"color={colour}", f"qty={r.randint(1, 99)}"]
    r.shuffle(pairs)
    return ";".join(pairs), colour


@task("substring.marks", 10)
def level_in_square_brackets(r: Draw) -> Made:
    level = r.choice(["INFO", "WARN", "ERROR", "DEBUG"])
    return f"{show(r.moment(2015, 2024), '{yyyy}-{mm}-{dd} {HH}:{nn}:{ss}')} [{level}] {r.word()}: {r.words(2, 5)}", level


@task("substring.marks", 10)
def between_by_and_in(r: Draw) -> Made:
    name = f"{r.first()} {r.last()}"
    return f"Reported by {name} in {r.city()}", name


@task("substring.log", 20)
def process_of_a_syslog_line(r: Draw) -> Made:
    process = r.choice(["sshd", "cron", "systemd-logind", "kernel", "postfix/smtpd"])
    when = show(r.moment(), "{mon} {d} {HH}:{nn}:{ss}")
    return f"{when} {r.word()}{r.randint(1, 9)} {process}[{r.randint(100, 99999)}]: {r.words(2, 6)}", process


def _access(r: Draw) -> tuple[str, str, str, str, str]:
    ip, method, status = r.ip(), r.choice(["GET", "POST", "PUT", "DELETE"]), r.choice(["200", "301", "404", "500"])
    path = "/" + "/".join(r.word() for _ in range(r.randint(1, 3))) + r.choice(["", ".html", "/"])
    when = show(r.moment(2012, 2024), "{dd}/{mon}/{yyyy}:{HH}:{nn}:{ss} +0000")
    return f'{ip} - - [{when}] "{method} {path} HTTP/1.1" {status} {r.randint(50, 90000)}', ip, method, path, status


@task("substring.log", 15)
def path_of_a_request(r: Draw) -> Made:
    line, _, _, path, _ = _access(r)
    return line, path


@task("substring.log", 15)
def status_of_a_request(r: Draw) -> Made:
    line, _, _, _, status = _access(r)
    return line, status


@task("substring.log", 15)
def method_of_a_request(r: Draw) -> Made:
    line, _, method, _, _ = _access(r)
    return line, method


@task("substring.log", 12)
def time_in_a_line(r: Draw) -> Made:
    day, time = show(r.moment(2010, 2024), "{yyyy}-{mm}-{dd}"), show(r.moment(), "{HH}:{nn}:{ss}")
    return f"{day} {time} {r.ip()} {r.upper(4)} /{r.word()}/ - {r.randint(1, 80)}", time


@task("substring.log", 14)
def address_in_a_message(r: Draw) -> Made:
    ip, user = r.ip(), r.choice(["root", "admin", "guest"])
    return f"{r.choice(['Failed', 'Accepted'])} password for {user} from {ip} port {r.randint(1024, 65000)} ssh2", ip


@task("substring.log", 10)
def exception_of_a_trace(r: Draw) -> Made:
    name = r.choice(["ValueError", "KeyError", "TimeoutError", "ConnectionResetError", "OSError"])
    return f'File "{r.word()}.py", line {r.randint(3, 900)}, in {r.word()}\n{name}: {r.words(2, 6)}', name


@task("substring.url", 16)
def host(r: Draw) -> Made:
    name = f"{r.choice(['www.', 'shop.', ''])}{r.choice(DOMAINS)}"
    return f"{r.choice(['http', 'https'])}://{name}/{'/'.join(r.word() for _ in range(r.randint(0, 3)))}", name


@task("substring.url", 16)
def last_of_the_path(r: Draw) -> Made:
    last = f"{r.word()}-{r.word()}"
    return f"https://{r.choice(DOMAINS)}/{'/'.join(r.word() for _ in range(r.randint(1, 4)))}/{last}", last


@task("substring.url", 14)
def value_in_the_query(r: Draw) -> Made:
    value = r.digits(r.randint(2, 6))
    return f"https://{r.choice(DOMAINS)}/{r.word()}?lang={r.choice(['en', 'de', 'fr'])}&id={value}&page={r.randint(1, 9)}", value


@task("substring.url", 10)
def language_of_the_site(r: Draw) -> Made:
    language = r.choice(["en", "nl", "pt-br", "ja"])
    return f"http://{r.choice(DOMAINS)}/{language}/{r.word()}/{r.word()}.aspx", language


@task("substring.url", 12)
def without_the_scheme(r: Draw) -> Made:
    rest = f"{r.choice(DOMAINS)}/{r.word()}"
    return f"{r.choice(['http://', 'https://'])}{rest}", rest


@task("substring.agent", 24)
def phone_or_robot(r: Draw) -> Made:
    robot = f"{r.upper(2)}{r.choice(['-', ' ', ''])}{r.digits(3)}"
    if r.often(0.4):
        return f"Crawler/{r.randint(1, 9)}.{r.randint(0, 30)} build {robot} SYS {r.randint(1, 9)}.{r.randint(0, 9)}", robot
    return f"Crawler/{r.randint(1, 9)}.{r.randint(0, 30)} build {robot} SYS {r.randint(4, 12)}", robot


@task("substring.agent", 20)
def browser_version(r: Draw) -> Made:
    version = f"{r.randint(40, 120)}.{r.randint(0, 9)}"
    system = r.choice(["Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10.15"])
    return f"Mozilla/5.0 ({system}; rv:{version}) Gecko/20100101 Firefox/{version}", version


@task("substring.agent", 15)
def first_product(r: Draw) -> Made:
    product = r.choice(["curl", "Wget", "python-requests", "okhttp", "PostmanRuntime"])
    return f"{product}/{r.randint(0, 9)}.{r.randint(0, 99)}.{r.randint(0, 9)}{r.choice(['', ' (linux-gnu)'])}", product


@task("substring.path", 15)
def file_without_extension(r: Draw) -> Made:
    name = f"{r.word()}{r.randint(1, 40)}"
    folders = "".join(f"{r.word()}/" for _ in range(r.randint(1, 4)))
    return f"/home/{folders}{name}.{r.choice(['csv', 'txt', 'json'])}", name


@task("substring.path", 12)
def folder_of_the_file(r: Draw) -> Made:
    folder = "D:\\" + "\\".join(r.word().title() for _ in range(r.randint(1, 4))) + "\\"
    return f"{folder}{r.word()}_{r.randint(1, 99)}.{r.choice(['docx', 'xlsx', 'md'])}", folder


@task("substring.path", 12)
def name_of_the_parent(r: Draw) -> Made:
    parent = r.word()
    return f"/var/{'/'.join(r.word() for _ in range(r.randint(1, 4)))}/{parent}/{r.word()}.log", parent


@task("substring.path", 10)
def second_folder(r: Draw) -> Made:
    user = r.first().lower()
    return f"/home/{user}/{'/'.join(r.word() for _ in range(r.randint(1, 4)))}.txt", user


@task("substring.path", 14)
def extension(r: Draw) -> Made:
    kind = r.choice(["pdf", "png", "tar.gz", "jpeg"]).rpartition(".")[2]
    return f"{r.word()}.{r.choice(['v1.', 'v2.', ''])}{kind}", kind


@task("substring.id", 40)
def third_group_of_a_parcel(r: Draw) -> Made:
    group = r.choice([r.digits(3), r.digits(2) + r.upper(1), r.upper(1) + r.digits(2)])
    return f"PX {r.upper(3)} {group} {r.digits(2)} {r.digits(4)} {r.randint(0, 9)}", group


@task("substring.id", 40)
def fifth_group_of_a_parcel(r: Draw) -> Made:
    group = r.digits(4)
    return f"PX {r.upper(2)}{r.randint(0, 9)} {r.digits(3)} {r.digits(2)} {group} {r.randint(0, 9)}", group


@task("substring.id", 12)
def number_in_a_file_name(r: Draw) -> Made:
    number = f"{r.randint(1, 999):05}"
    return f"{r.randint(2012, 2024)}_inv_{number}_{r.choice(['final', 'draft'])}_v{r.randint(1, 9)}.pdf", number


@task("substring.id", 12)
def version(r: Draw) -> Made:
    number = f"{r.randint(0, 12)}.{r.randint(0, 30)}.{r.randint(0, 9)}"
    return f"{r.word()}{r.choice(['-core', '-ui', ''])}-{number}{r.choice(['-py3', '.dev1', ''])}-any.whl", number


@task("substring.id", 10)
def uuid_in_a_message(r: Draw) -> Made:
    uuid = "-".join(r.hex(n) for n in (8, 4, 4, 4, 12))
    return f"{r.choice(['Job', 'Session', 'Request'])} {uuid} {r.choice(['ended', 'started', 'was retried twice'])}", uuid


@task("substring.place", 20)
def last_four_digits(r: Draw) -> Made:
    card = r.digits(16)
    return card, card[-4:]


@task("substring.place", 10)
def first_three_letters(r: Draw) -> Made:
    city = r.choice([c for c in CITIES if len(c) > 3])
    return city, city[:3]


@task("substring.place", 10)
def first_five_or_fewer(r: Draw) -> Made:
    name = r.choice([r.first(), r.last()])
    return name, name[:5]


@task("substring.place", 9)
def bank_of_an_account(r: Draw) -> Made:
    bank = r.digits(8)
    return f"{r.choice(['DE', 'NL', 'AT'])}{r.digits(2)}{bank}{r.digits(10)}", bank


@task("substring.place", 8)
def two_letters_of_the_surname(r: Draw) -> Made:
    last = r.last()
    return f"{r.first()} {last}", last[:2]


@task("substring.place", 12)
def without_the_last_three(r: Draw) -> Made:
    start = r.digits(r.randint(2, 7))
    return start + r.upper(3), start


@task("substring.token", 20)
def last_word(r: Draw) -> Made:
    last = r.last()
    return " ".join([*(r.first() for _ in range(r.randint(1, 3))), last]), last


@task("substring.token", 20)
def first_number(r: Draw) -> Made:
    number = str(r.randint(1, 480))
    return f"{r.words(1, 3)} {number} {r.word()}{r.choice(['', ' 2nd floor', ' 7'])}", number


@task("substring.token", 15)
def digits_at_the_end(r: Draw) -> Made:
    number = r.digits(r.randint(1, 5))
    return f"{r.word()}{r.choice(['_', '-', ''])}{number}", number


@task("substring.token", 15)
def letters_before_digits(r: Draw) -> Made:
    letters = r.lower(r.randint(2, 6))
    return f"{letters}{r.digits(r.randint(1, 4))}", letters


@task("substring.token", 12)
def amount_in_a_sentence(r: Draw) -> Made:
    amount = f"${r.randint(1, 9)},{r.randint(0, 999):03}.{r.randint(0, 99):02}"
    return f"{r.first()} paid {amount} for {r.randint(2, 40)} {r.word()}s", amount


@task("substring.token", 12)
def hash_tag(r: Draw) -> Made:
    tag = f"#{r.word()}{r.word().title()}"
    return f"{r.words(1, 5)} {tag}{r.choice(['', ' ' + r.words(1, 3)])}", tag


@task("substring.token", 12)
def capital_code_in_text(r: Draw) -> Made:
    code = r.upper(3)
    return f"{r.word().title()} {r.word()} {code} {r.words(0, 2)}".strip(), code


@task("substring.token", 10)
def size_with_its_unit(r: Draw) -> Made:
    size = f"{r.choice([r.randint(1, 24), r.randint(10, 99) / 10])} {r.choice(['KG', 'L', 'PCS'])}"
    return f"{r.words(1, 4).upper()} {size}", size


@task("substring.token", 12)
def text_before_brackets_if_any(r: Draw) -> Made:
    team = f"{r.city()} {r.word().title()}s"
    return f"{team}{r.choice(['', f' ({r.randint(2, 9)})'])}", team


@task("substring.token", 10)
def second_line(r: Draw) -> Made:
    street = r.street()
    return f"{r.first()} {r.last()}\n{street}\n{r.digits(5)} {r.city()}", street


@task("substring.token", 14)
def number_after_a_name(r: Draw) -> Made:
    pair = f"{r.first()} {r.digits(3)}{r.choice(['_', '@', ' '])}{r.digits(3)}"
    front, back = (" ".join(r.digits(r.randint(2, 3)) for _ in range(r.randint(2, 5))) for _ in range(2))
    return f"{front} {pair} {back} {r.last()}", pair


@task("substring.token", 10)
def name_after_a_rank(r: Draw) -> Made:
    name = r.first()
    return f"{r.randint(1, 12)}. {name} - {r.randint(10, 99)} pts", name


@task("substring.spacing", 12)
def month_in_loose_text(r: Draw) -> Made:
    month = r.choice(MONTHS)
    return f"{' ' * r.randint(0, 2)}{month}{' ' * r.randint(1, 3)}{r.randint(1999, 2023)}{' ' * r.randint(0, 2)}", month


@task("substring.spacing", 10)
def trimmed(r: Draw) -> Made:
    name = f"{r.first()} {r.last()}"
    return f"{' ' * r.randint(0, 3)}{name}{' ' * r.randint(0, 3)}", name


written("substring.spacing", [
    ("ID :  4471 / Lisbon", "4471"), ("ID: 82/ Oslo", "82"), ("ID   :3310 /Riga", "3310"), ("ID:7/Bonn", "7"),
    ("ID :  90021 / Cadiz", "90021"),
])  # fmt: skip
written("substring.quotes", [
    ("'salt' and 'pepper'", '"pepper"'), ("'oil'", '"oil"'), ("fresh 'thyme'", '"thyme"'), ("'cumin' or 'dill'", '"dill"'),
])  # fmt: skip
