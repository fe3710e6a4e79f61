"""The header of a table of records. The stock one asks the selection about every row for each title that it paints."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

from workbench.desktop.theme import theme

_MARK = 26  # pixels of the sign that the table is sorted by a column; it is drawn over the end of a title at the right
_EDGES = 22


class RecordHeader(QHeaderView):
    """Titles, shortened in their middle, and the sign of the sorted column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical_index: int) -> None:
        model = self.model()
        horizontal = Qt.Orientation.Horizontal
        option.section = logical_index
        alignment = model.headerData(logical_index, horizontal, Qt.ItemDataRole.TextAlignmentRole)
        option.textAlignment = alignment or self.defaultAlignment()
        width = self.sectionSize(logical_index) - _EDGES
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == logical_index:
            ascending = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            sign = QStyleOptionHeader.SortIndicator
            option.sortIndicator = sign.SortDown if ascending else sign.SortUp
            width -= _MARK
            sign_room = "\u2003\u2003" if option.textAlignment & Qt.AlignmentFlag.AlignRight else ""
        else:
            sign_room = ""
        title = str(model.headerData(logical_index, horizontal, Qt.ItemDataRole.DisplayRole) or "")
        font = QFont(theme().small_font)
        font.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it, which the option does not know
        option.text = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideMiddle, width) + sign_room
