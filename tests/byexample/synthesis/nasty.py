"""Tasks that are too large to be learned at leisure, made with a fixed seed."""

import random
import string

from tests.byexample.synthesis.tables import Cell, Row

Task = tuple[list[tuple[Row, Cell]], list[Row]]


def _anything(chance: random.Random, size: int) -> str:
    return "".join(chance.choices(string.ascii_letters + "0123456789  ,;-/.:", k=size))


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9))) for _ in range(count))


def _dates(chance: random.Random, count: int) -> str:
    return " ".join(f"{chance.randint(1, 12)}/{chance.randint(1, 28)}/{chance.randint(1900, 2030)}" for _ in range(count))


def nasty_tasks() -> dict[str, Task]:
    """Long cells, long outputs, many columns, many examples."""
    chance = random.Random(1)
    long_cells: list[Row] = [(_anything(chance, 10_000),) for _ in range(50)]
    prose: list[Row] = [(_words(chance, 1_500),) for _ in range(50)]
    wide: list[Row] = [tuple(_words(chance, 5) for _ in range(12)) for _ in range(50)]
    numbers: list[Row] = [tuple(str(chance.randint(1, 10**6)) for _ in range(12)) for _ in range(50)]
    stamps: list[Row] = [(_dates(chance, 1_000),) for _ in range(10)]
    names: list[Row] = [(f"{_words(chance, 2)}, {_words(chance, 1)}",) for _ in range(200)]
    return {
        "a piece of long cells": ([(row, (row[0] or "").split(",")[2]) for row in long_cells[:2]], long_cells),
        "the last word of long cells": ([(row, (row[0] or "").split(" ")[-1].upper()) for row in prose[:3]], prose),
        "long cells whole": ([(row, (row[0] or "").upper()) for row in prose[:2]], prose),
        "nothing in common with long cells": ([(row, _words(chance, 10)) for row in prose[:3]], prose),
        "one character again and again": ([(("a" * (10_000 + n),), "a" * (50 + n)) for n in range(3)], []),
        "one delimiter again and again": ([(("," * (10_000 + n),), "," * (50 + n)) for n in range(3)], []),
        "one digit again and again": ([(("1" * (10_000 + n),), "1" * (50 + n)) for n in range(3)], []),
        "a thousand dates in a cell": ([(row, "12-03-2020") for row in stamps[:2]], stamps),
        "outputs of 200 characters": ([((_words(chance, 40),), _words(chance, 40)) for _ in range(3)], []),
        "twelve columns": ([(row, "-".join((cell or "")[:4] for cell in row[::-1])) for row in wide[:2]], wide),
        "twelve columns joined": ([(row, " | ".join(cell or "" for cell in row)) for row in wide[:1]], wide),
        "twelve columns of numbers": ([(row, "/".join(cell or "" for cell in row)) for row in numbers[:3]], numbers),
        "a hundred examples": ([(row, chance.choice(["yes", "no", "perhaps"])) for row in names[:100]], names),
        "thirty examples of nothing": ([(row, _words(chance, 6)) for row in names[:30]], names),
    }
