"""Columns that mix kinds of values come apart into these kinds."""

import random

from workbench.byexample.profiling.clustering import clusters_of

chance = random.Random(11)


def digits(count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def small(low: int, high: int) -> str:
    return "".join(chance.choices("abcdefghiklmnoprstuvwy", k=chance.randint(low, high)))


def capitals(count: int) -> str:
    return "".join(chance.choices("ABCDEFGHKLMNPRSTUVWXYZ", k=count))


def name() -> str:
    return capitals(1) + small(2, 8)


KINDS = {
    "date": lambda: f"20{digits(2)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}",
    "american date": lambda: f"{chance.randint(1, 12)}/{chance.randint(1, 28)}/20{digits(2)}",
    "telephone": lambda: f"({digits(3)}) {digits(3)}-{digits(4)}",
    "telephone with points": lambda: f"{digits(3)}.{digits(3)}.{digits(4)}",
    "post code": lambda: f"{digits(5)}-{digits(4)}",
    "name": lambda: f"{name()} {name()}",
    "name with initial": lambda: f"{name()} {capitals(1)}. {name()}",
    "name reversed": lambda: f"{name()}, {name()}",
    "address": lambda: f"{small(3, 8)}.{small(3, 8)}@{small(4, 9)}.com",
    "link": lambda: f"https://www.{small(4, 9)}.org/{small(2, 9)}",
    "internet address": lambda: ".".join(str(chance.randint(1, 255)) for _ in range(4)),
    "time": lambda: f"{chance.randint(0, 23):02}:{digits(2)}",
    "time with half": lambda: f"{chance.randint(1, 12)}:{chance.randint(10, 59)} {chance.choice(['AM', 'PM'])}",
    "amount": lambda: f"${chance.randint(1, 999)}.{digits(2)}",
    "number": lambda: f"{chance.randint(0, 999)}.{digits(chance.randint(1, 4))}",
    "code": lambda: f"{capitals(2)}-{digits(4)}",
    "reference": lambda: f"PMC{digits(7)}",
    "book": lambda: f"ISBN: {digits(1)}-{digits(4)}-{digits(4)}-{digits(1)}",
    "weight": lambda: f"{chance.randint(1, 99)} kg",
    "place": lambda: f"{chance.randint(1, 89)}.{digits(4)}, {chance.randint(1, 99)}.{digits(4)}",
    "path": lambda: f"/home/{small(3, 6)}/{small(3, 6)}.txt",
    "small word": lambda: small(3, 9),
    "capitalised word": name,
    "plate": lambda: f"{capitals(3)} {digits(3)}",
}


def comes_apart(kinds: list[str]) -> bool:
    home = {KINDS[kind](): kind for kind in kinds for _ in range(chance.choice([10, 30, 100]))}
    found = [{home[value] for value in cluster.values} for cluster in clusters_of(list(home), 8).clusters]
    return len(found) == len(kinds) and all(len(cluster) == 1 for cluster in found)


def test_that_nearly_all_mixtures_come_apart_into_their_kinds() -> None:
    mixtures = [chance.sample(sorted(KINDS), k=2 + number % 4) for number in range(120)]
    right = [comes_apart(mixture) for mixture in mixtures]
    assert sum(right) >= 0.95 * len(right), [mixture for mixture, good in zip(mixtures, right, strict=True) if not good]
