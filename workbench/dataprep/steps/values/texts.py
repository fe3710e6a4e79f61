"""Tidying texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from workbench.dataprep.columns import TEXT, ColumnInfo, ColumnType, listed
from workbench.dataprep.steps.base import Context
from workbench.dataprep.steps.values.base import ColumnsStep

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHITE_SPACE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that Unicode calls white space."""

CaseStyle = Literal["upper", "lower", "title", "sentence"]
_SIDES = {"both": "at both ends", "left": "at the left", "right": "at the right"}


class TextStep(ColumnsStep):
    """A step on texts."""

    kinds: ClassVar[frozenset[ColumnType]] = TEXT


class Trim(TextStep):
    """Removes white space, or other characters, at the ends of texts.

    `characters`: the ones to remove (empty: white space as Unicode has it). `collapse`: runs of white space become one blank.
    """

    op: Literal["trim"] = "trim"
    side: Literal["both", "left", "right"] = "both"
    characters: str = ""
    collapse: bool = False

    def describe(self) -> str:
        what = f" '{self.characters}'" if self.characters else ""
        where = f" {_SIDES[self.side]}" if self.side != "both" else ""
        collapse = " and collapse white space" if self.collapse else ""
        return f"Trim{what}{where}{collapse} {'from' if what else 'in'} {listed(self.columns)}"

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        from workbench.byexample.native.engines import engine

        known = engine(context.dialect)
        text: Any = known.stripped(table[column.name], self.characters or WHITE_SPACE, self.side)
        if not self.collapse:
            return text
        white = "".join(rf"\x{{{ord(sign):x}}}" for sign in WHITE_SPACE)
        return known.replaced(text, f"[{white}]+", known.plain(" "))


class ChangeCase(TextStep):
    """Writes texts in capitals, in small letters, as titles (Each Word) or as sentences (The first letter of the text).

    Each letter becomes one letter, as Unicode's simple mapping has it; only ß becomes SS.
    """

    op: Literal["change_case"] = "change_case"
    style: CaseStyle = "lower"

    def describe(self) -> str:
        words = {"upper": "UPPER CASE", "lower": "lower case", "title": "Title Case", "sentence": "Sentence case"}
        return f"Write {listed(self.columns)} in {words[self.style]}"

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        from workbench.byexample.native import to_ibis
        from workbench.byexample.tree.nodes import Column
        from workbench.byexample.tree.texts import Case

        return to_ibis(Case(Column(0), self.style), [table[column.name]], context.dialect)


class RemoveAccents(TextStep):
    """Writes letters without their accents: é as e, ñ as n, ø as o, ß as ss."""

    op: Literal["remove_accents"] = "remove_accents"

    def describe(self) -> str:
        return f"Remove the accents in {listed(self.columns)}"

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        from workbench.byexample.native import to_ibis
        from workbench.byexample.tree.nodes import Column
        from workbench.byexample.tree.texts import WithoutAccents

        return to_ibis(WithoutAccents(Column(0)), [table[column.name]], context.dialect)
