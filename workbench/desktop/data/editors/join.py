"""The editor of a join: the other table, pairs of keys (suggested), which rows stay, and counts before committing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.base.errors import UserError
from workbench.desktop.data.editors.base import RowList, StepEditor
from workbench.desktop.data.editors.fields import choice, column_combo
from workbench.desktop.data.editors.values import line
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import button, icon_button, label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import Join, JoinKey, StepBase

HOW = {
    "inner": "Matching rows only",
    "left": "All rows of this table",
    "right": "All rows of the other table",
    "full": "All rows of both",
    "left_anti": "Rows without a match",
}


@dataclass(frozen=True)
class Other:
    """A table that can be joined: a flow of the package (its id) or a source file (its path)."""

    name: str
    flow: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        return f"flow:{self.flow}" if self.flow else f"source:{self.source}"


@dataclass(frozen=True)
class JoinCounts:
    """What a join would do: rows of each side with and without a partner."""

    matched: int
    left_only: int
    result: int
    right_only: int | None = None


def suggest_keys(left: "Schema", right: "Schema") -> list[tuple[str, str]]:
    """Pairs of columns that look like keys: equal names and types of one kind; all of them together are the compound key."""
    kinds = {"integer": "number", "decimal": "measure", "string": "text", "other": "text"}
    by_name = {column.name.casefold().replace("_", ""): column for column in right}
    pairs = []
    for column in left:
        other = by_name.get(column.name.casefold().replace("_", ""))
        if other is None:
            continue
        kind, other_kind = kinds.get(column.type, column.type), kinds.get(other.type, other.type)
        if kind == other_kind and kind != "measure":
            pairs.append((column.name, other.name))
    return pairs


class _Keys(QWidget):
    """One pair of key columns."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, left: "Schema", right: "Schema", pair: tuple[str, str]) -> None:
        super().__init__()
        self.left = column_combo(left, pair[0])
        self.right = column_combo(right, pair[1])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.left, label("=", "muted"), self.right, icon_button("x", "Remove this pair", self._on_remove)):
            row.addWidget(widget)
        row.addStretch(1)
        for combo in (self.left, self.right):
            combo.currentIndexChanged.connect(self._tell)

    def key(self) -> "JoinKey":
        from workbench.dataprep.steps import JoinKey

        return JoinKey(left=self.left.currentData() or "", right=self.right.currentData() or "")

    def _tell(self) -> None:
        self.changed.emit()

    def _on_remove(self) -> None:
        self.removed.emit(self)


class CountBars(QWidget):
    """How many rows of this table find a partner: a bar and words."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: JoinCounts | None = None
        self._text = ""
        self.setMinimumWidth(230)
        self.setMinimumHeight(self.sizeHint().height())

    def set_counts(self, counts: JoinCounts | None, text: str = "") -> None:
        self._counts, self._text = counts, text
        self.setAccessibleName(self.sentence())
        self.updateGeometry()
        self.update()

    def sentence(self) -> str:
        """The counts in words."""
        if (c := self._counts) is None:
            return self._text
        return f"{c.matched:,} rows match, {c.left_only:,} do not; the result has {c.result:,} rows"

    def sizeHint(self) -> QSize:
        return QSize(250, 4 * (self.fontMetrics().height() + 5) + 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme().tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().small_font)
        painter.setPen(tokens.muted)
        step = painter.fontMetrics().height() + 5
        if (counts := self._counts) is None:
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._text
            )
            painter.end()
            return
        total = max(1, counts.matched + counts.left_only)
        width = self.width() - 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.warn_soft if counts.left_only else tokens.neutral_soft)
        painter.drawRoundedRect(QRectF(1, 2, width, 10), 5, 5)
        painter.setBrush(tokens.accent_fill)
        if counts.matched:
            painter.drawRoundedRect(QRectF(1, 2, max(10.0, width * counts.matched / total), 10), 5, 5)
        lines = [(f"{counts.matched:,} of {total:,} rows find a match", tokens.text)]
        lines.append((f"{counts.left_only:,} do not", tokens.warn if counts.left_only else tokens.muted))
        if counts.right_only is not None:
            lines.append((f"{counts.right_only:,} of the other table do not", tokens.muted))
        lines.append((f"Result: {counts.result:,} rows", tokens.muted))
        for number, (text, colour) in enumerate(lines):
            painter.setPen(colour)
            painter.drawText(1, 18 + number * step, width, step, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class JoinEditor(StepEditor):
    """Joins another flow or source by equal keys. Asks for the other table's columns with `schema_wanted`."""

    schema_wanted = Signal(object)
    """The `Other` whose columns `set_other` should bring."""

    title, icon = "Join another table", "merge"

    def __init__(
        self, schema: "Schema", step: "Join | None" = None, columns: tuple[str, ...] = (), others: tuple[Other, ...] = ()
    ) -> None:
        super().__init__(schema, step, columns)
        known = {other.key: other for other in others}
        self._wanted_keys: list[tuple[str, str]] | None = None
        current = ""
        if step is not None:
            old = Other(step.name or step.source, step.flow, step.source)
            known.setdefault(old.key, old)
            current = old.key
            self._wanted_keys = [(key.left, key.right) for key in step.keys]
        self._others = known
        self._other: Schema = ()
        self.with_ = choice(
            {key: other.name for key, other in known.items()} or {"": "No other table in this project"}, current, 240
        )
        self.how = choice(HOW, step.how if step else "left", 220)
        self.prefix = line(self, step.prefix if step else "r_", "Prefix", 80)
        self.rows = RowList()
        self.more = button("Add pair", self._on_more, kind="link", icon="plus")
        self.counts = CountBars()
        self.with_.currentIndexChanged.connect(self._on_with)
        self.how.currentIndexChanged.connect(self.tell)
        self.add_row("With", self.with_)
        self.add_row("Keys", self.rows)
        self._grid.addWidget(self.more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        self.add_row("Keep", self.how, label("prefix of clashing names", "muted"), self.prefix)
        self._grid.addWidget(self.counts, 0, 2, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignTop)

    def start(self) -> None:
        """Asks for the columns of the other table; call it once the signal is connected."""
        self._on_with()

    @property
    def other(self) -> Other | None:
        """The chosen other table."""
        return self._others.get(self.with_.currentData() or "")

    def set_other(self, other: Other, schema: "Schema") -> None:
        """Brings the columns of a table; keys are suggested unless the step has some."""
        if self.other != other:
            return
        self._other = schema
        for row in self.rows.rows:
            self.rows.take(row)
        pairs = self._wanted_keys if self._wanted_keys is not None else suggest_keys(self.schema, schema)
        self._wanted_keys = None
        for pair in pairs:
            self._add(pair)
        self.changed.emit()

    def set_problem(self, sentence: str) -> None:
        """The other table cannot be read."""
        self.counts.set_counts(None, sentence)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Join

        if (other := self.other) is None:
            raise UserError("There is no other table to join.", hint="Add a data source or another dataflow first.")
        keys = tuple(row.key() for row in self.rows.rows if isinstance(row, _Keys))
        if not keys:
            raise UserError(
                "Choose at least one pair of key columns." if self._other else "Reading the columns of the other table."
            )
        how, prefix = self.how.currentData(), self.prefix.text()
        return Join(flow=other.flow, source=other.source, name=other.name, keys=keys, how=how, prefix=prefix, **self.kept())

    def columns(self) -> tuple[str, ...]:
        return tuple(row.left.currentData() or "" for row in self.rows.rows if isinstance(row, _Keys))

    def first_field(self) -> QWidget | None:
        return self.with_

    def _add(self, pair: tuple[str, str]) -> None:
        row = _Keys(self.schema, self._other, pair)
        row.changed.connect(self.tell)
        row.removed.connect(self._on_removed)
        self.rows.add(row)

    def _on_more(self) -> None:
        if self._other and self.schema:
            self._add((self.schema[0].name, self._other[0].name))
            self.tell()

    def _on_removed(self, row: QWidget) -> None:
        self.rows.take(row)
        self.tell()

    def _on_with(self) -> None:
        self._other = ()
        for row in self.rows.rows:
            self.rows.take(row)
        self.counts.set_counts(None, "")
        if (other := self.other) is not None:
            self.schema_wanted.emit(other)
        self.tell()
