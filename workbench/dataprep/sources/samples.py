"""Samples: which rows of a source are worked on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.dataprep.sources.specs import Frozen


class Sample(Frozen):
    """Some of a source's rows, in their order.

    `top`: the first `count`; `random`: `count` drawn with `seed`; `percent`: each row with the probability `share`;
    `stratified`: that of each combination of values in `by`; `full`: all.
    """

    name: str = ""
    kind: Literal["top", "random", "percent", "stratified", "full"] = "top"
    count: int = Field(10_000, ge=1)
    share: float = Field(0.1, gt=0, le=1)
    seed: int = 0
    by: tuple[str, ...] = ()

    def describe(self) -> str:
        """In words, such as `the first 10,000 rows`."""
        match self.kind:
            case "top":
                return f"the first {self.count:,} rows"
            case "random":
                return f"{self.count:,} random rows"
            case "percent":
                return f"{100 * self.share:g} % of the rows, at random"
            case "stratified":
                return f"{100 * self.share:g} % of the rows of each {' and '.join(self.by)}"
            case _:
                return "all rows"


def first(count: int | None) -> Sample | None:
    """The sample of the first rows; None for None."""
    return None if count is None else Sample(kind="top", count=count)
