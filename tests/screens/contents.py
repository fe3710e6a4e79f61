"""OUT/index.html: all pictures as thumbnails, the themes side by side."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.screens.listing import Screen
from workbench.base.files import write_atomic

_STYLE = (
    "body{font:14px system-ui,sans-serif;margin:24px;background:#f6f7f9;color:#1c2128}"
    "h2{margin:32px 0 8px;font-size:16px}.row{display:flex;gap:16px}.row a{flex:1}"
    "figcaption{color:#5b6472;margin:4px 0 16px}img{width:100%;border:1px solid #e3e6ea;border-radius:6px}"
    ".bad{color:#c4312c}"
)


def write_index(out: Path, screens: Sequence[Screen], failed: Mapping[str, str]) -> Path:
    """Writes the page; pictures of earlier, partial passes are listed too."""
    parts = [
        f"<!doctype html><meta charset=utf-8><title>Workbench, every screen</title><style>{_STYLE}</style><h1>Every screen</h1>"
    ]
    place = ""
    for one in screens:
        names = pictures_of(out, one, screens)
        if not names and one.name not in failed:
            continue
        if one.place != place:
            place = one.place
            parts.append(f"<h2>{html.escape(place.capitalize())}</h2>")
        parts.extend(_figure(out, name, one.title) for name in names)
        if reason := failed.get(one.name):
            parts.append(f"<p class=bad>{html.escape(one.name)}: {html.escape(reason)}</p>")
    target = out / "index.html"
    write_atomic(target, "\n".join(parts))
    return target


def _figure(out: Path, name: str, title: str) -> str:
    """The pictures of one name, side by side."""
    files = [f"{name}-{mode}.png" for mode in ("light", "dark") if (out / f"{name}-{mode}.png").is_file()]
    pictures = "".join(f'<a href="{file}"><img loading=lazy src="{file}" alt="{file}"></a>' for file in files)
    return f"<figure><div class=row>{pictures}</div><figcaption>{name}: {html.escape(title)}</figcaption></figure>"


def pictures_of(out: Path, screen: Screen, screens: Sequence[Screen]) -> list[str]:
    """Names of the pictures that belong to a screen: those that begin with its name and with no longer one's."""
    names = sorted({path.stem.rpartition("-")[0] for path in out.glob(f"{screen.name}*.png")})
    longer = [one.name for one in screens if one.name != screen.name and one.name.startswith(screen.name)]
    return [name for name in names if not any(name.startswith(other) for other in longer)]
