"""The encoding of the first bytes of a text file."""

import codecs
import re

from workbench.base.errors import UserError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 16
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\r\f\x1b\x01\x02\x1c\x1d\x1e\x1f")
_WESTERN = "àâäáãåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒðþÐÞ’'"
_CENTRAL = "áäąâăćčçďđéęěëíîľĺłńňóöôőŕřśšşťţúüůűýźžżßÁÄĄÂĂĆČÇĎĐÉĘĚËÍÎĽĹŁŃŇÓÖÔŐŔŘŚŠŞŤŢÚÜŮŰÝŹŽŻ’'"
_BETWEEN_LETTERS = re.compile(r"[©®¦«¬¹¼½¾±¶·»][a-záéíóúýč]|[a-z][©®¦«¬¹¼½¾±¶·»Ľľ](?=[;,\t|\r\n a-z]|$)")
_INSIDE = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[a-z])")


def decode(data: bytes, *, complete: bool) -> tuple[str, str, bool]:
    """The text without its byte order mark, the encoding, and whether there was a mark.

    A character that is cut off at the end is left out unless the data are complete. Raises UserError for bytes that are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, complete=complete), encoding, True
    encoding = _without_mark(data)
    return _decoded(data, encoding, complete=complete), encoding, False


def _without_mark(data: bytes) -> str:
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        return _wide(sample)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        return _code_page(sample)
    if len(sample) - len(sample.translate(None, _CONTROLS)) > max(1, len(sample) / 100):
        raise UserError("This is no text: it holds control characters.", hint="Choose a CSV, JSON or text file.")
    return "utf-8"


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark has a zero in every second byte of Latin text."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    raise UserError("This is no text: it holds zero bytes.", hint="Choose a CSV, JSON or text file.")


def _code_page(sample: bytes) -> str:
    western = sample.decode("cp1252", errors="replace")
    if not _foreign_script(western):
        if _plausible(western, _WESTERN):
            return _like_western(western)
        central = sample.decode("cp1250", errors="replace")
        if _BETWEEN_LETTERS.search(central) and _plausible(sample.decode("iso8859_2"), _CENTRAL):
            return "iso8859_2"
        if _plausible(central, _CENTRAL):
            return "cp1250"
    elif cyrillic := next((one for one in ("cp1251", "koi8_r", "cp866") if _is_cyrillic(sample, one)), ""):
        return cyrillic
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best is None:
        raise UserError("This is no text in any known encoding.", hint="Choose a CSV, JSON or text file.")
    return best.encoding


def _foreign_script(western: str) -> bool:
    """Whether whole words are written without Latin letters."""
    runs = re.findall(r"[^\x00-\x7f]+", western)
    return sum(len(run) > 2 for run in runs) > 0.2 * len(runs)


def _is_cyrillic(sample: bytes, encoding: str) -> bool:
    """Whether nearly all words have at most a capital at their beginning, and there are as many vowels as usual."""
    words = re.findall(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", sample.decode(encoding, errors="replace"))
    usual = [bool(re.fullmatch(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў’]+|[А-ЯЁІЇЄҐЎ]+", word)) for word in words]
    capitals = sum(word.isupper() and len(word) > 2 for word in words)
    letters = "".join(words).lower()
    vowels = sum(char in "аеёиоуыэюяіїє" for char in letters)
    return sum(usual) >= 0.95 * len(usual) and capitals <= 0.5 * len(words) and 0.25 * len(letters) < vowels < 0.65 * len(letters)


def _like_western(western: str) -> str:
    """The code page among those that share most letters with the western one: Turkish and Hungarian have some of their own."""
    letters = {char for char in western if ord(char) > 127 and char.isalpha()}
    if letters & set("ðýþÝÞÐ") and letters <= set("ðýþÝÞÐçöüâîûÇÖÜ"):
        return "cp1254"
    if letters & set("õûÕÛ") and letters <= set("áéíóöúüõûÁÉÍÓÖÚÜÕÛ") and re.search("[ûÛ]|õ(?!e)", western):
        return "cp1250"
    return "cp1252"


def _plausible(text: str, letters: str) -> bool:
    inside = _INSIDE.findall(text)
    signs = [char for char in text if ord(char) > 127 and not char.isalpha()]
    known = sum(char in letters for char in inside)
    if inside:
        upper_within = len(re.findall(r"(?<=[a-z])[^\W\d_a-z](?<=[ÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ])(?=[a-z])", text))
        return known >= 0.97 * len(inside) and upper_within * 3 <= len(inside)
    return bool(signs) and all(char in "€£¥°§©®±²³µ½¼¾–—“”„‘’…•·×÷\u00a0«»¿¡™†‰" for char in signs)


def _decoded(data: bytes, encoding: str, *, complete: bool) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(data, final=complete)
