"""What was run in a console: walked with the arrow keys, as in a shell."""

from dataclasses import dataclass, field


@dataclass
class InputHistory:
    """Older and newer inputs; the unfinished one is kept while walking."""

    items: list[str] = field(default_factory=list)
    _place: int | None = None
    _draft: str = ""

    def add(self, code: str) -> None:
        """Remembers `code`, once in a row."""
        self._place = None
        if code.strip() and (not self.items or self.items[-1] != code):
            self.items.append(code)

    def older(self, current: str) -> str | None:
        """The input before the shown one; None at the oldest."""
        if self._place is None:
            self._draft = current
            self._place = len(self.items)
        if self._place == 0:
            return None
        self._place -= 1
        return self.items[self._place]

    def newer(self) -> str | None:
        """The input after the shown one, in the end the unfinished one; None when that is shown already."""
        if self._place is None:
            return None
        self._place += 1
        if self._place < len(self.items):
            return self.items[self._place]
        self._place = None
        return self._draft
