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
    from charset_normalizer import from_bytes

    for encoding, letters in (("cp1252", _western), ("cp1250", _central)):
        if letters(sample.decode(encoding, errors="replace")):
            return encoding
    best = from_bytes(sample).best()
    if best is None:
        raise UserError("This is no text in any known encoding.", hint="Choose a CSV, JSON or text file.")
    return best.encoding


def _western(text: str) -> bool:
    """Whether the foreign characters among Latin letters are those of western languages."""
    return _plausible(text, "àâäáãåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒðþÐÞ’'")


def _central(text: str) -> bool:
    return _plausible(text, "áäąâăćčçďđéęěëíîľĺłńňóöôőŕřśšşťţúüůűýźžżßÁÄĄÂĂĆČÇĎĐÉĘĚËÍÎĽĹŁŃŇÓÖÔŐŔŘŚŠŞŤŢÚÜŮŰÝŹŽŻ’'")


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
