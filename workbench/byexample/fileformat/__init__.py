"""The format of a text file from its first lines: delimited, fixed width, JSON or plain lines."""

from workbench.byexample.fileformat.detecting import detect, detect_bytes
from workbench.byexample.fileformat.model import FileFormat

__all__ = ["FileFormat", "detect", "detect_bytes"]
