"""What the makers of tasks draw from: names, places, codes and moments that were made up for these tasks."""

import random
from datetime import datetime, timedelta


def _listed(text: str, separator: str | None = None) -> list[str]:
    return text.replace("\n", " ").split(separator)


FIRST = _listed("""
Ada Bruno Carla Dario Edith Farid Greta Hugo Imke Jonas Kaori Leif Mara Nils Olga Pavel Rana Sven Tilda Ugo Vera Wanda
Yusuf Zita Anne-Lise Jean-Luc Mei Otis Priya Ravi Selma Tomas Ulrike Viggo Amara Bo Chidi Dunja Emre Fenna
""")
LAST = _listed("""
Abel Brandt Castro Dvorak Eriksen Fontana Gruber Haddad Iversen Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov Quist
Rossi Sandoval Tanaka Ueda Varga Weiss Yilmaz Zeman O'Brien McKay Marsh Ng Okonkwo Pires Roth Stone Thorne Underhill Vance
""")
CITIES = _listed(
    "Utrecht;Graz;Porto;New Haven;Leeds;San Mateo;Brno;Lund;Turin;Fort Wayne;Ghent;Malmo;Cork;Basel;Little Rock;Nantes;Gdansk",
    ";",
)
STATES = _listed("CA TX OR WA CT IN AR UT FL GA MA ME VT NV")
COUNTRIES = _listed("Norway;Spain;New Zealand;Austria;Chile;South Korea;Ghana;Peru;Czech Republic;Italy", ";")
WORDS = _listed("""
amber basket candle drawer engine feather garden hammer island jacket kettle ladder mirror needle orchid pencil quarry
ribbon saddle timber umbrella velvet window yarrow zipper anchor bottle copper desert ember
""")
DOMAINS = _listed("harbour.example northwind.test brightmail.org lakeside.net oakandpine.com unimail.edu post.co.uk data-works.io")
COMPANIES = _listed(
    "Lakeside Foods;Oak & Pine;Harbour Lines;Brightwater;Copperfield Tools;Redwood Labs;Silver Birch Inc.;Two Rivers", ";"
)
STREETS = _listed("Mill Lane;Oak Street;Station Road;High Street;Canal Walk;Bridge Avenue;Old Market;Church Hill;Park Row", ";")
MONTHS = _listed("January February March April May June July August September October November December")
DAYS = _listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


class Draw(random.Random):
    """A random source with a seed of its own task; draws whatever messy data is made of."""

    def first(self) -> str:
        return self.choice(FIRST)

    def last(self) -> str:
        return self.choice(LAST)

    def city(self) -> str:
        return self.choice(CITIES)

    def word(self) -> str:
        return self.choice(WORDS)

    def words(self, least: int, most: int | None = None) -> str:
        return " ".join(self.word() for _ in range(self.randint(least, most or least)))

    def digits(self, count: int) -> str:
        return str(self.randint(1, 9)) + "".join(self.choice("0123456789") for _ in range(count - 1))

    def upper(self, count: int) -> str:
        return "".join(self.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(count))

    def lower(self, count: int) -> str:
        return self.upper(count).lower()

    def hex(self, count: int) -> str:
        return "".join(self.choice("0123456789abcdef") for _ in range(count))

    def street(self) -> str:
        return f"{self.randint(1, 980)} {self.choice(STREETS)}"

    def email(self) -> str:
        user = f"{self.first()}{self.choice(['.', '_', ''])}{self.last()}".lower().replace("'", "")
        return f"{user}@{self.choice(DOMAINS)}"

    def ip(self) -> str:
        return ".".join(str(self.randint(1, 254)) for _ in range(4))

    def often(self, share: float) -> bool:
        return self.random() < share

    def moment(self, first: int = 1985, last: int = 2035) -> datetime:
        start = datetime(first, 1, 1)  # noqa: DTZ001 (texts without a zone)
        return start + timedelta(seconds=self.randrange(int((datetime(last + 1, 1, 1) - start).total_seconds())))  # noqa: DTZ001

    def number(self, low: float, high: float, most_decimals: int) -> str:
        decimals = self.randint(0, most_decimals)
        return f"{self.uniform(low, high):.{decimals}f}"


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def clock(moment: datetime) -> dict[str, object]:
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return {
        "H": moment.hour, "HH": f"{moment.hour:02}", "h": hour, "hh": f"{hour:02}", "AM": half, "am": half.lower(),
        "n": moment.minute, "nn": f"{moment.minute:02}", "s": moment.second, "ss": f"{moment.second:02}",
    }  # fmt: skip


def parts(moment: datetime) -> dict[str, object]:
    """The parts of a moment by the names that the format texts of the tasks use: "{d} {mon} {yyyy}"."""
    month, weekday = MONTHS[moment.month - 1], DAYS[moment.weekday()]
    iso_year, week, day_of_week = moment.isocalendar()
    day_of_year = moment.timetuple().tm_yday
    return clock(moment) | {
        "d": moment.day, "dd": f"{moment.day:02}", "dth": ordinal(moment.day), "m": moment.month, "mm": f"{moment.month:02}",
        "mon": month[:3], "MON": month[:3].upper(), "month": month, "MONTH": month.upper(), "yyyy": moment.year,
        "yy": f"{moment.year % 100:02}", "wd": weekday[:3], "weekday": weekday, "q": (moment.month + 2) // 3, "week": week,
        "ww": f"{week:02}", "isoyear": iso_year, "u": day_of_week, "doy": day_of_year, "doy3": f"{day_of_year:03}",
    }  # fmt: skip


def show(moment: datetime, layout: str) -> str:
    return layout.format(**parts(moment))
