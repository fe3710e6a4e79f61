"""Giving one name to what is written in several ways."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import arranged, assign, placed, visible
from workbench.dataprep.columns import TEXT, Problem, Schema, find, missing_columns
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.values.clustering.making import NEAR_METHODS, Cluster, Method, make_clusters
from workbench.dataprep.steps.values.lookups import Entries, joins, looked_up

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_VALUES = 200_000
"""How many distinct texts are looked at: the most frequent ones."""
_WORDS: dict[Method, str] = {
    "fingerprint": "equal fingerprints",
    "ngram_fingerprint": "equal fingerprints of letter pairs",
    "metaphone": "equal English sound (Metaphone)",
    "soundex": "equal English sound (Soundex)",
    "nysiis": "equal sound of names (NYSIIS)",
    "cologne": "equal German sound",
    "levenshtein": "few differing letters",
    "words": "few differing letters, the words in any order",
    "jaro_winkler": "similar beginnings and letters",
}


class ClusterText(StepBase):
    """Puts one canonical text in the place of similar ones: into `new_column`, or the column itself where that is empty.

    `method`: equal keys (fingerprint, ngram_fingerprint, metaphone, soundex, nysiis, cologne), or neighbours whose similarity is at
    least `threshold` (levenshtein, words, jaro_winkler). The clusters are found when the step is learned, and may be edited; other
    texts stay as they are. `score_column`: how similar a text is to its canonical one (1 for those of no cluster).
    """

    op: Literal["cluster_text"] = "cluster_text"
    column: str
    method: Method = "fingerprint"
    threshold: float = 0.8
    new_column: str = ""
    score_column: str = ""
    clusters: tuple[Cluster, ...] = ()
    looked: bool = False
    """Whether it has looked at data; there may be no clusters then."""
    limited: bool = False
    """Whether there were too many texts, or too many with common parts, to compare all of them."""

    @property
    def reorders(self) -> bool:  # type: ignore[override]  # a long list is joined
        return joins(self._entries())

    @property
    def learned(self) -> bool:
        return self.looked or bool(self.clusters)

    def describe(self) -> str:
        into = f" into {self.new_column}" if self.new_column else ""
        found = f": {len(self.clusters):,} cluster{'' if len(self.clusters) == 1 else 's'}" if self.learned else ""
        return f"Cluster the texts of {self.column} by {_WORDS[self.method]}{into}{found}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(filter(None, (self.new_column or self.column, self.score_column)))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        column = find(schema, self.column)
        if column and column.type not in TEXT:
            problems.append(Problem(f"{self.column} holds no texts to cluster.", column=self.column))
        taken = {one.name.lower() for one in schema}
        for name in filter(None, (self.new_column, self.score_column)):
            if name.lower() in taken:
                problems.append(Problem(f"There is a column {name} already.", column=name))
            taken.add(name.lower())
        if self.method in NEAR_METHODS and not 0.5 <= self.threshold <= 1:
            problems.append(Problem("The threshold is between 0.5 and 1."))
        seen: set[str] = set()
        for value in (member.value for cluster in self.clusters for member in cluster.members):
            if value in seen:
                problems.append(Problem(f"'{value}' is in more than one cluster."))
                break
            seen.add(value)
        if not self.learned:
            problems.append(NOT_LEARNED)
        elif self.limited:
            message = "There were too many texts to compare all of them: similar ones may be in no cluster, or in several."
            problems.append(Problem(message, column=self.column, severity="info"))
        return problems

    def relearn(self, rows: Rows) -> Self:
        import ibis

        table: Any = rows.table
        if self.column not in visible(table):
            raise UserError(f"There is no column {self.column} here.")
        text = table[self.column]
        counted: Any = table.filter(text.notnull()).group_by(value=text).agg(rows=lambda t: t.count())
        query = counted.order_by([ibis.desc("rows"), "value"]).limit(MOST_VALUES + 1)
        values = rows.ask(query).to_pylist()
        counts = {str(row["value"]): int(row["rows"]) for row in values[:MOST_VALUES]}
        tell = getattr(rows, "tell", lambda _: None)
        found = make_clusters(counts, self.method, self.threshold, tell)
        limited = found.limited or len(values) > MOST_VALUES
        return self.model_copy(update={"clusters": found.clusters, "looked": True, "limited": limited})

    def with_canonical(self, old: str, new: str) -> Self:
        """The step with another canonical text for a cluster. Raises UserError when there is no such cluster."""
        at = self._place(old)
        return self._with(at, self.clusters[at].model_copy(update={"canonical": new}))

    def without(self, canonical: str, value: str | None = None) -> Self:
        """The step without a cluster, or without one text of it. Raises UserError when there is none."""
        at = self._place(canonical)
        if value is None:
            return self._with(at, None)
        kept = tuple(member for member in self.clusters[at].members if member.value != value)
        if len(kept) == len(self.clusters[at].members):
            raise UserError(f"'{value}' is not in the cluster '{canonical}'.")
        return self._with(at, self.clusters[at].model_copy(update={"members": kept}) if kept else None)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        held, there, (canonical, score) = looked_up(table, table[self.column], self._entries()) if self.clusters else (
            table, ibis.literal(False), [ibis.null("string"), ibis.null("string")]
        )  # fmt: skip
        text: Any = held[self.column]
        target = self.new_column or self.column
        values = {target: ibis.ifelse(there, canonical, text)}
        if self.score_column:
            number = ibis.ifelse(there, score.cast("float64"), ibis.literal(1.0).cast("float64"))
            values[self.score_column] = ibis.ifelse(text.isnull(), ibis.null("float64"), number)
        made = assign(held, values, reads={name: [self.column] for name in values})
        new = [name for name in values if name not in table.columns]
        return arranged(made, placed(visible(table), new, [self.column]))

    def _entries(self) -> Entries:
        return {
            member.value: (cluster.canonical, repr(float(member.score))) for cluster in self.clusters for member in cluster.members
        }

    def _place(self, canonical: str) -> int:
        for at, cluster in enumerate(self.clusters):
            if cluster.canonical == canonical:
                return at
        raise UserError(f"There is no cluster '{canonical}'.")

    def _with(self, at: int, cluster: Cluster | None) -> Self:
        new = () if cluster is None else (cluster,)
        return self.model_copy(update={"clusters": (*self.clusters[:at], *new, *self.clusters[at + 1 :])})
