"""Cases of the room `types`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
