"""Fuzzy matching for the palette: a subsequence, better when letters stand together and at word starts."""


def score(query: str, text: str) -> float | None:
    """How well `query` matches `text` (higher is better), or None when it does not."""
    if not query:
        return 0.0
    needle = query.casefold().replace(" ", "")
    hay = text.casefold()
    if (at := hay.find(query.casefold())) >= 0:
        return 100.0 - at * 0.5 - len(hay) * 0.05 + (20.0 if at == 0 or not hay[at - 1].isalnum() else 0.0)
    total, position, previous = 0.0, 0, -2
    for letter in needle:
        found = hay.find(letter, position)
        if found < 0:
            return None
        start = found == 0 or not hay[found - 1].isalnum()
        total += 6.0 if found == previous + 1 else (5.0 if start else 1.0)
        total -= min(found - position, 10) * 0.3
        previous, position = found, found + 1
    return total - len(hay) * 0.05
