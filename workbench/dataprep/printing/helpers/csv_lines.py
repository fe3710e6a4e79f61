"""Writing rows of texts as CSV, told apart from missing values."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import pyarrow as pa


def write_csv(
    rows: Iterable[Sequence[str | None]],
    names: Sequence[str],
    path: str | Path,
    *,
    delimiter: str = ",",
    missing: str = "",
    header: bool = True,
    quoting: str = "minimal",
    unquoted: Collection[str] = (),
    ending: str = "\n",
    encoding: str = "utf-8",
    compression: str | None = None,
) -> None:
    """Writes a line a row. `quoting`: minimal, all, nonnumeric (all columns but `unquoted`) or none."""

    def field(name: str, text: str | None) -> str:
        if text is None:
            return missing
        risky = any(sign in text for sign in (delimiter, '"', "\n", "\r"))
        if quoting == "none":
            if risky:
                raise ValueError(f"A value of {name or 'the header'} must be quoted: {text}")
            return text
        always = quoting == "all" or (quoting == "nonnumeric" and name not in unquoted)
        return '"' + text.replace('"', '""') + '"' if always or risky or text == missing else text

    def line(texts: Sequence[str | None]) -> str:
        return delimiter.join(field(name, text) for name, text in zip(names, texts, strict=True)) + ending

    first = [delimiter.join(field("", name) for name in names) + ending] if header else []
    content = "".join([*first, *map(line, rows)])
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with pa.output_stream(str(path), compression=compression) as stream:
        stream.write(content.encode(encoding))
