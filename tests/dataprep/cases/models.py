"""Cases of the room `models`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
