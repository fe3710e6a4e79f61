"""Cases of the room `creating`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
