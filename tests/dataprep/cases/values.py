"""Cases of the room `values`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
