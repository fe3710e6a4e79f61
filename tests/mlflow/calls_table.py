"""The table of calls in docs/mlflow.md, from the routes themselves. `python -m tests.mlflow.calls_table` writes it anew."""

from pathlib import Path

from workbench.server.mlflow.artifact_calls import SERVICE
from workbench.server.mlflow.calls import SPOKEN
from workbench.server.mlflow.protocol import ROOMS
from workbench.server.mlflow.unspoken import GROUPS

DOCUMENT = Path(__file__).parents[2] / "docs" / "mlflow.md"
_BEGIN, _END = "<!-- the table of calls -->\n", "<!-- the end of the table -->\n"


def table() -> str:
    """Markdown: what is spoken, with a sentence each, and what answers 501."""
    assert ROOMS
    lines = ["| call | what it does |", "|---|---|"]
    for one in sorted(SPOKEN, key=lambda one: (one.path, one.method)):
        said = (one.answer.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| `{one.method} mlflow/{one.path}` | {said} |")
    lines.append("| `GET mlflow-artifacts/artifacts` | The files of one folder. |")
    for address, said in zip(SERVICE.values(), _ARTIFACTS, strict=True):
        method, _, path = address.partition(" ")
        lines.append(f"| `{method} mlflow-artifacts/{path}` | {said} |")
    lines += ["", "| answers 501 | paths that begin with |", "|---|---|"]
    lines += [f"| {name} | {', '.join(f'`mlflow/{path}`' for path in paths)} |" for name, paths in GROUPS.items()]
    lines.append("| Uploads in parts and presigned downloads | `mlflow-artifacts/mpu`, `mlflow-artifacts/presigned` |")
    return "\n".join(lines) + "\n"


_ARTIFACTS = ("A file comes down.", "A file goes up, as it comes, of any size.", "A file or folder is deleted.")


def written(text: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
