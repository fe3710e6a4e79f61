"""Cases of the room `columns`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
