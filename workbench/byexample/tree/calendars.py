"""Names of months and weekdays in the languages that programs read and write."""

from functools import cache

LANGUAGES: dict[str, tuple[str, str]] = {
    "en": ("January February March April May June July August September October November December",
           "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "de": ("Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
           "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    "fr": ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
           "lundi mardi mercredi jeudi vendredi samedi dimanche"),
    "es": ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
           "lunes martes miércoles jueves viernes sábado domingo"),
    "it": ("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
           "lunedì martedì mercoledì giovedì venerdì sabato domenica"),
    "pt": ("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
           "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
    "nl": ("januari februari maart april mei juni juli augustus september oktober november december",
           "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"),
    "sv": ("januari februari mars april maj juni juli augusti september oktober november december",
           "måndag tisdag onsdag torsdag fredag lördag söndag"),
    "da": ("januar februar marts april maj juni juli august september oktober november december",
           "mandag tirsdag onsdag torsdag fredag lørdag søndag"),
    "pl": ("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
           "poniedziałek wtorek środa czwartek piątek sobota niedziela"),
    "tr": ("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
           "Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar"),
    "ru": ("января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
           "понедельник вторник среда четверг пятница суббота воскресенье"),
}  # fmt: skip
"""Of each language the months and the weekdays from Monday, as they are written in a date."""

SHORT: dict[str, tuple[str, str]] = {
    "de": ("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez", "Mo Di Mi Do Fr Sa So"),
    "fr": ("janv févr mars avr mai juin juil août sept oct nov déc", "lun mar mer jeu ven sam dim"),
    "pt": ("jan fev mar abr mai jun jul ago set out nov dez", "seg ter qua qui sex sáb dom"),
    "nl": ("jan feb mrt apr mei jun jul aug sep okt nov dec", "ma di wo do vr za zo"),
    "ru": ("янв фев мар апр мая июн июл авг сен окт ноя дек", "пн вт ср чт пт сб вс"),
    "tr": ("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara", "Pzt Sal Çar Per Cum Cmt Paz"),
}
"""Short names where they are not the first three letters."""


@cache
def months(language: str, short: bool = False) -> tuple[str, ...]:
    """The twelve months. Raises KeyError for an unknown language."""
    return _names(language, 0, short)


@cache
def weekdays(language: str, short: bool = False) -> tuple[str, ...]:
    """The seven weekdays from Monday. Raises KeyError for an unknown language."""
    return _names(language, 1, short)


def _names(language: str, which: int, short: bool) -> tuple[str, ...]:
    if not short:
        return tuple(LANGUAGES[language][which].split())
    if language in SHORT:
        return tuple(SHORT[language][which].split())
    return tuple(name[:3] for name in LANGUAGES[language][which].split())


@cache
def month_numbers(language: str) -> dict[str, int]:
    """Every written form of a month in small letters, with its number from 1."""
    found = {name.lower(): number for number, name in enumerate(months(language), 1)}
    found |= {name.lower(): number for number, name in enumerate(months(language, short=True), 1)}
    if language == "en":
        found |= {"sept": 9, "june": 6, "july": 7}
    return found


@cache
def weekday_numbers(language: str) -> dict[str, int]:
    """Every written form of a weekday in small letters, with its number from 1 for Monday."""
    found = {name.lower(): number for number, name in enumerate(weekdays(language), 1)}
    found |= {name.lower(): number for number, name in enumerate(weekdays(language, short=True), 1)}
    if language == "en":
        found |= {"tues": 2, "thur": 4, "thurs": 4}
    return found
