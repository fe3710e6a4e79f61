"""Booleans in several languages, categories, and plain text."""

from collections import Counter

from workbench.byexample.profiling.types.kinds import Counts, Reading

_PAIRS = (
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("on", "off"),
    ("1", "0"),
    ("ja", "nein"),
    ("j", "n"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("o", "n"),
    ("vrai", "faux"),
    ("sí", "no"),
    ("si", "no"),
    ("s", "n"),
    ("verdadero", "falso"),
    ("sì", "no"),
    ("vero", "falso"),
    ("sim", "não"),
    ("verdadeiro", "falso"),
    ("ja", "nee"),
    ("ja", "nej"),
    ("ja", "nei"),
    ("tak", "nie"),
    ("ano", "ne"),
    ("evet", "hayır"),
    ("да", "нет"),
    ("kyllä", "ei"),
    ("igen", "nem"),
    ("✓", "✗"),
)
_MOST = 50
_SHOWN = 10


def read_booleans(sample: Counts) -> list[Reading]:
    """The reading as two opposite words, both of which occur (or only true or false, which say it alone)."""
    votes = Counter[str]()
    for value, count in sample.items():
        votes[value.lower()] += count
    best = max(_PAIRS, key=lambda pair: votes[pair[0]] + votes[pair[1]])
    if not all(votes[word] for word in best) and not ({"true", "false"} & set(best) and any(votes[word] for word in best)):
        return []
    numeric = best == ("1", "0")
    doubt = "0 and 1 may be no and yes, or numbers." if numeric else ""
    words = frozenset(best)
    formats = (f"{best[0]}/{best[1]}",)
    return [Reading("boolean", lambda text: text.lower() in words, 0.22 if numeric else 0.6, formats, doubt)]


def read_texts(counts: Counts, rows: int) -> list[Reading]:
    """As plain text, which always fits, and as a category when few values stand in many rows."""
    found = [Reading("text", lambda _: True, -0.1)]
    repeated = {value: count for value, count in counts.items() if count >= 2}
    if rows >= 6 and 0 < len(repeated) <= _MOST and len(counts) * 3 <= rows and sum(repeated.values()) * 10 >= rows * 8:
        shown = sorted(repeated, key=lambda value: (-repeated[value], value))[:_SHOWN]
        rank = 0.18 if len(counts) <= 20 and rows >= len(counts) * 5 else 0.05
        found.append(Reading("category", lambda text: text in repeated, rank, tuple(shown)))
    return found
