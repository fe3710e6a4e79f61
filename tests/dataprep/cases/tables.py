"""Cases of the room `tables`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
