"""Cases of the room `scripts`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
