"""Names of months and weekdays in the languages that tables are often written in (as in Unicode's CLDR), and words of clocks."""

import unicodedata

_MONTHS = {
    "en": "january february march april may june july august september october november december"
    "|jan feb mar apr may jun jul aug sep oct nov dec"
    "|sept:9",
    "de": "januar februar märz april mai juni juli august september oktober november dezember"
    "|jan feb mär apr mai jun jul aug sep okt nov dez"
    "|jänner:1 mrz:3 maerz:3 sept:9",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    "|janv févr mars avr mai juin juil août sept oct nov déc"
    "|jan:1 fév:2 mar:3 jui:6 jul:7 aoû:8 sep:9",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    "|ene feb mar abr may jun jul ago sept oct nov dic"
    "|setiembre:9 sep:9",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    "|gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
    "|jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december"
    "|jan feb mrt apr mei jun jul aug sep okt nov dec",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december"
    "|jan feb mar apr maj jun jul aug sep okt nov dec"
    "|juli:7",
    "da": "januar februar marts april maj juni juli august september oktober november december"
    "|jan feb mar apr maj jun jul aug sep okt nov dec",
    "nb": "januar februar mars april mai juni juli august september oktober november desember"
    "|jan feb mar apr mai jun jul aug sep okt nov des",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta"
    "|tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    "|sty lut mar kwi maj cze lip sie wrz paź lis gru"
    "|styczeń:1 luty:2 marzec:3 kwiecień:4 czerwiec:6 lipiec:7 sierpień:8 wrzesień:9 październik:10 listopad:11 "
    "grudzień:12",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince"
    "|led úno bře dub kvě čvn čvc srp zář říj lis pro"
    "|leden:1 únor:2 březen:3 duben:4 květen:5 červen:6 červenec:7 srpen:8 říjen:10 listopad:11 prosinec:12",
    "hu": "január február március április május június július augusztus szeptember október november december"
    "|jan febr márc ápr máj jún júl aug szept okt nov dec",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"
    "|ian feb mar apr mai iun iul aug sept oct nov dec",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
    "|oca şub mar nis may haz tem ağu eyl eki kas ara",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    "|янв февр мар апр мая июн июл авг сент окт нояб дек"
    "|январь:1 февраль:2 март:3 апрель:4 май:5 июнь:6 июль:7 август:8 сентябрь:9 октябрь:10 ноябрь:11 декабрь:12 "
    "фев:2 сен:9 ноя:11",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"
    "|січ лют бер квіт трав черв лип серп вер жовт лист груд",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου "
    "δεκεμβρίου"
    "|ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
}
_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday|mon tue wed thu fri sat sun|tues:2 weds:3 thur:4 thurs:4",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag|mo di mi do fr sa so|sonnabend:6",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche|lun mar mer jeu ven sam dim",
    "es": "lunes martes miércoles jueves viernes sábado domingo|lun mar mié jue vie sáb dom",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica|lun mar mer gio ven sab dom",
    "pt": "segunda terça quarta quinta sexta sábado domingo|seg ter qua qui sex sáb dom",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag|ma di wo do vr za zo",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag|mån tis ons tors fre lör sön",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag|man tir ons tor fre lør søn",
    "nb": "mandag tirsdag onsdag torsdag fredag lørdag søndag|man tir ons tor fre lør søn",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela|pon wt śr czw pt sob niedz",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье|пн вт ср чт пт сб вс",
}

LANGUAGES = tuple(_MONTHS)
Names = dict[str, dict[str, tuple[int, bool | None]]]
"""Of a word: in which languages it is the name of which number, and whether it is the full name (None: the short one is the
same).
"""


def folded(word: str) -> str:
    """The word without case, accents and a final point."""
    plain = unicodedata.normalize("NFD", word.casefold().rstrip("."))
    return "".join(char for char in plain if not unicodedata.combining(char)).replace("ı", "i")


def _read(table: dict[str, str]) -> Names:
    found: Names = {}
    for language, text in table.items():
        full, short, *more = text.split("|")
        for words, whole in ((short, False), (full, True)):
            for number, word in enumerate(words.split(), 1):
                languages = found.setdefault(folded(word), {})
                languages[language] = (number, None if language in languages else whole)
        for pair in more[0].split() if more else ():
            word, _, number_text = pair.partition(":")
            found.setdefault(folded(word), {}).setdefault(language, (int(number_text), len(word) > 4))
    return found


MONTHS = _read(_MONTHS)
WEEKDAYS = _read(_WEEKDAYS)
HALVES = frozenset({"am", "pm", "a.m", "p.m"})
ORDINALS = frozenset({"st", "nd", "rd", "th"})
ZONES = frozenset(
    {"z", "utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "cet", "cest", "bst", "msk", "ist", "jst"}
)
EAST_ASIAN = frozenset("年月日년월일")
FILLERS = EAST_ASIAN | frozenset(
    {"t", "at", "um", "uhr", "of", "de", "del", "den", "the", "à", "a", "om", "kl", "o", "w", "q", "h", "г", "год"}
)
"""Other words that dates are written with."""
