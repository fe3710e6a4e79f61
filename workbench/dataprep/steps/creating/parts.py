"""Parts of texts of a known form: addresses on the web, e-mail addresses, paths and the like."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import assign, visible
from workbench.dataprep.columns import ColumnType, Problem, Schema, listed, names
from workbench.dataprep.patterns import for_engine
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.creating.extract import found_groups
from workbench.dataprep.steps.creating.texts import new_names, text_of, text_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir

Kind = Literal["url", "email", "path", "ipv4", "coordinates", "zip_us", "phone_us"]


@dataclass(frozen=True)
class Form:
    """A form of texts: what it is called, the expression that reads it, and its parts in the order of the groups."""

    words: str
    pattern: str
    parts: tuple[str, ...]
    type: ColumnType = "string"


_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DEGREES = r"([-+]?[0-9]{1,3}(?:\.[0-9]+)?)"
FORMS: dict[Kind, Form] = {
    # RFC 3986, appendix B, with the parts of the authority; without a scheme a host has a point and no blank
    "url": Form(
        "a web address",
        r"^\s*(?:([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/?#@\s]*)@)?|(?://)?)(\[[0-9A-Fa-f:.]+\]|[^/?#:@\s.]+(?:\.[^/?#:@\s.]+)*\.?)"
        r"(?::([0-9]+))?(/[^?#\s]*)?(?:\?([^#\s]*))?(?:#(\S*))?\s*$",
        ("scheme", "user", "host", "port", "path", "query", "fragment"),
    ),
    "email": Form(
        "an e-mail address",
        r"([\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+)@([\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*)",
        ("user", "domain"),
    ),
    "path": Form(
        "a path",
        r"(?s)^(?:(.*)[/\\])?((\.?[^/\\]*?)(?:\.([^./\\]*))?)$",
        ("folder", "name", "stem", "extension"),
    ),
    "ipv4": Form(
        "an IPv4 address",
        rf"(?:^|[^0-9.]){_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?:$|[^0-9.])",
        ("1", "2", "3", "4"),
        "integer",
    ),
    "coordinates": Form(
        "geographic coordinates", rf"^\s*\(?\s*{_DEGREES}\s*[,;\s]\s*{_DEGREES}\s*\)?\s*$", ("latitude", "longitude"), "decimal"
    ),
    "zip_us": Form("a US zip code", r"(?:^|[^0-9])([0-9]{5})(?:-([0-9]{4}))?(?:$|[^0-9])", ("zip", "plus4")),
    "phone_us": Form(
        "a US phone number",
        r"(?:^|[^0-9])(?:\+?1[-. ]?)?\(?([2-9][0-9]{2})\)?[-. ]?([2-9][0-9]{2})[-. ]?([0-9]{4})(?:$|[^0-9])",
        ("area", "exchange", "line"),
    ),
}  # fmt: skip


class ExtractParts(StepBase):
    """Takes the parts of texts of a known form into new columns `Column_part` right of the source; `parts` names them, all without.

    What is not of the form gives missing values, and so does a part that is not there.
    """

    op: Literal["extract_parts"] = "extract_parts"
    column: str
    kind: Kind
    parts: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The parts that are taken."""
        return self.parts or FORMS[self.kind].parts

    def describe(self) -> str:
        return f"Extract {listed(self.chosen, 8)} of {FORMS[self.kind].words} from {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.new_columns(names(schema)))

    def new_columns(self, taken: Sequence[str]) -> list[str]:
        """The names of the new columns in a table with these."""
        return new_names(taken, [f"{self.column}_{part}" for part in self.chosen])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = text_problems(schema, [self.column])
        form = FORMS[self.kind]
        if unknown := [part for part in self.parts if part not in form.parts]:
            problems.append(Problem(f"{form.words.capitalize()} has no part {unknown[0]}; it has {listed(form.parts, 8)}."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        form = FORMS[self.kind]
        text = text_of(table, self.column, context.dialect)
        groups = found_groups(text, for_engine(form.pattern, context.dialect), len(form.parts), context.dialect)
        if self.kind == "url":  # a bare word is no address
            known = (groups[0] != "") | groups[2].contains(".")
            groups = [ibis.ifelse(known, group, ibis.null("string")) for group in groups]
        found = {part: group.nullif("") for part, group in zip(form.parts, groups, strict=True)}
        kinds = {"integer": "int64", "decimal": "float64"}
        values = {
            name: found[part].try_cast(kinds[form.type]) if form.type in kinds else found[part]
            for name, part in zip(self.new_columns(visible(table)), self.chosen, strict=True)
        }
        return assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])
