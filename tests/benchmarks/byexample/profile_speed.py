"""How long profiling a column takes, as a multiple of the simplest thing that finds shapes, in the same run.

    uv run python -m tests.benchmarks.byexample.profile_speed [FILE ...] [--sizes 5000 100000] [--repeat 3]

A FILE is a column of its own, a value a line. Without one, columns of all kinds are made with a fixed seed. The peer counts shapes
with `collections.Counter` over `re.sub` (letters to a or A, digits to 0); it groups nothing, knows no types and no outliers. The
figures are the least seconds of all repeats. FlashProfile (OOPSLA 2018) publishes a median of 0.7 s a task.
"""

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from workbench.byexample.profiling import profile

_TEXT = "the quick Brown fox, jumps over (again) a lazy dog. It's 42 days; e.g. 3.5 % of them #late"
_WORDS = _TEXT.split(" ")
_NAMES = ["Anna", "Björn", "Chloé", "Dmitri", "Eve", "Fatma", "George", "Hana"]
_UPPER, _LOWER, _DIGITS = re.compile("[A-ZÀ-Þ]+"), re.compile("[a-zß-ÿ]+"), re.compile("[0-9]+")


def columns(size: int) -> dict[str, list[str]]:
    """Columns of `size` values, nearly all of them different."""
    chance = random.Random(size)

    def number(low: int, high: int) -> int:
        return chance.randint(low, high)

    kinds: dict[str, Callable[[], str]] = {
        "numbers": lambda: f"{chance.uniform(-1e6, 1e6):.{number(0, 3)}f}",
        "amounts": lambda: f"${number(1, 10**7):,}.{number(0, 99):02}",
        "dates": lambda: f"{number(1, 28)}/{number(1, 12)}/{number(1900, 2020)} {number(0, 23)}:{number(0, 59):02}",
        "codes": lambda: f"{chance.choice(['PMC', 'ISBN ', 'doi:10.'])}{number(10**5, 10**8)}",
        "hashes": lambda: f"{chance.getrandbits(128):032x}",
        "names": lambda: f"{chance.choice(_NAMES)} {chance.choice('ABCDE')}. {chance.choice(_NAMES)}{number(1, 10**6)}",
        "addresses": lambda: (
            f"{chance.choice(_NAMES).lower()}.{number(1, 10**6)}@{chance.choice(['example.com', 'mail.example.org'])}"
        ),
        "links": lambda: f"https://example.com/{'/'.join(chance.choices(['a', 'img', 'x1'], k=number(1, 6)))}?q={number(1, 10**6)}",
        "prose": lambda: " ".join(chance.choice(_WORDS) for _ in range(number(3, 15))),
        "anything": lambda: "".join(chr(number(33, 126)) for _ in range(number(3, 20))),
    }
    return {name: [make() for _ in range(size)] for name, make in kinds.items()}


def shapes(values: list[str]) -> Counter[str]:
    """The peer."""
    return Counter(_DIGITS.sub("0", _LOWER.sub("a", _UPPER.sub("A", value))) for value in values)


def least(work: Callable[[], object], repeat: int) -> float:
    """The least seconds of several runs."""
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def report(name: str, values: list[str], repeat: int) -> tuple[float, float]:
    """Prints a line; returns the seconds and the multiple of the peer."""
    found = profile(values)
    seconds, peer = least(lambda: profile(values), repeat), least(lambda: shapes(values), repeat)
    kind = found.types[0].kind if found.types else "-"
    counted = f"{len(values):>8,} {len(set(values)):>8,} {len(found.patterns):>3} {kind:<10}"
    print(f"{name:<12} {counted} {seconds:>7.3f} s {peer:>7.3f} s {seconds / peer:>6.1f} x")  # noqa: T201
    return seconds, seconds / peer


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[5000, 100_000])
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    sets = {str(size): columns(size) for size in chosen.sizes} if not chosen.files else {}
    if chosen.files:
        sets = {"files": {path.name: path.read_text(encoding="utf-8").splitlines() for path in chosen.files}}
    heads = f"{'column':<12} {'values':>8} {'distinct':>8} {'patterns, type':<14}"
    print(f"{heads} {'profile':>9} {'shapes':>9} {'ratio':>8}")  # noqa: T201
    for title, made in sets.items():
        figures = [report(name, values, chosen.repeat) for name, values in made.items()]
        seconds, ratios = zip(*figures, strict=True)
        middle = f"{statistics.median(seconds):.3f} s, {statistics.median(ratios):.1f} x"
        print(f"median of {title}: {middle}; longest {max(seconds):.3f} s")  # noqa: T201


if __name__ == "__main__":
    main()
