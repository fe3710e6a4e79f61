"""The images that this workspace made on engines: noted with each use, removed when they were not used for long."""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from workbench.base.errors import NotFound, WorkbenchError
from workbench.base.files import write_json
from workbench.jobs.drivers.docker.connections import open_engine
from workbench.jobs.drivers.docker.engine import Engine, Missing
from workbench.schema import DockerSpec, SshDockerSpec

UNUSED_DAYS = 30.0


def note_use(home: Path, image: str, engine: Engine) -> None:
    """Notes that an image was used now; removes, once a day, what was not used for a month on that engine."""
    notes = _notes(home, engine)
    note = notes / f"{image.removeprefix('sha256:')}.json"
    if note.exists():
        with contextlib.suppress(OSError):
            os.utime(note)
    else:
        write_json(note, {"image": image, "engine": engine.where})
    cleaned = notes / ".cleaned"
    if not cleaned.exists() or time.time() - cleaned.stat().st_mtime > 24 * 3600:
        cleaned.touch()
        with contextlib.suppress(WorkbenchError):  # it is tried again tomorrow
            clean_images(home, engine)


def clean_images(home: Path, engine: Engine, *, unused_days: float = UNUSED_DAYS) -> list[str]:
    """Removes the images of this workspace on an engine that were not used for so long; those removed.

    One that a container is made of, or another image, stays. What is asked for again is built anew.
    """
    removed = []
    for note in sorted(_notes(home, engine).glob("*.json")):
        if time.time() - note.stat().st_mtime < unused_days * 86400:
            continue
        image = str(json.loads(note.read_text("utf-8"))["image"])
        try:
            with engine.asking(f"The image {image}") as api:
                api.remove_image(image)
        except Missing:
            pass
        except NotFound:
            raise
        except WorkbenchError as error:
            if error.kind == "environment":
                raise
            continue  # it is in use
        else:
            removed.append(image)
        note.unlink(missing_ok=True)
    return removed


def clean_target(spec: DockerSpec | SshDockerSpec, secret: str | None, home: Path, unused_days: float) -> list[str]:
    """Removes images that this workspace made on the target's engine and did not use for so long; their names."""
    engine = open_engine(spec, secret)
    try:
        return clean_images(home, engine, unused_days=unused_days)
    finally:
        engine.close()


def _notes(home: Path, engine: Engine) -> Path:
    folder = home / "cache" / "docker" / hashlib.sha256(engine.facts().id.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder
