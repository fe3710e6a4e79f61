"""Cases of the room `rows`."""

from tests.dataprep.cases import Case

CASES: list[Case] = []
