"""The pictures among a run's outputs, as small cards; a click shows one large."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.widgets import ElidedLabel, ImageView, clear_layout, label
from workbench.schema import Artifact

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp")
_MOST = 24
_ROOM = QSize(300, 200)
_COLUMNS = 3


class ImageCard(QFrame):
    """One picture with its path."""

    clicked = Signal(str)

    def __init__(self, path: str, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Picture {path}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setMinimumSize(200, _ROOM.height())
        dpr = self.devicePixelRatioF()
        room = _ROOM * dpr
        if image.width() > room.width() or image.height() > room.height():
            image = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(dpr)
        picture.setPixmap(pixmap)
        layout.addWidget(picture, 1)
        layout.addWidget(ElidedLabel(path, "small", Qt.TextElideMode.ElideMiddle))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space}:
            self.clicked.emit(self.path)
        else:
            super().keyPressEvent(event)


class ImagesSection(QWidget):
    """Loads the pictures in the background, scaled there already decoded."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._run_id = ""
        self._paths: tuple[str, ...] = ()
        self._images: dict[str, QImage] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 4, 0, 0)
        outer.setSpacing(10)
        self._title = label("Images", font="heading_font")
        outer.addWidget(self._title)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        outer.addLayout(self._grid)
        self.hide()

    def set_run(self, run_id: str, artifacts: Sequence[Artifact]) -> None:
        """Shows the pictures among these outputs."""
        paths = tuple(a.path for a in artifacts if a.path.lower().endswith(ENDINGS))[:_MOST]
        if (run_id, paths) == (self._run_id, self._paths):
            return
        self._run_id, self._paths = run_id, paths
        self._clear()
        self.setVisible(bool(paths))
        if not paths:
            return

        def load(client: Client, progress: Progress) -> list[tuple[str, QImage]]:
            found = []
            for path in paths:
                progress.check()
                image = QImage.fromData(client.artifact(run_id, path))
                if not image.isNull():
                    found.append((path, image))
            return found

        self._context.call("Loading images", load, self._on_loaded, exclusive=f"images-{id(self)}", quiet=True)

    def _on_loaded(self, found: list[tuple[str, QImage]]) -> None:
        self._clear()
        self._images = dict(found)
        self._title.setText(f"Images ({len(found)})" if len(found) > 1 else "Image")
        for place, (path, image) in enumerate(found):
            card = ImageCard(path, image)
            card.clicked.connect(self._on_clicked)
            self._grid.addWidget(card, place // _COLUMNS, place % _COLUMNS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def _on_clicked(self, path: str) -> None:
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(path)
        dialog.resize(900, 680)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(0, 0, 0, 0)
        view = ImageView()
        view.set_image(self._images[path])
        layout.addWidget(view)
        dialog.open()

    def _clear(self) -> None:
        clear_layout(self._grid)
