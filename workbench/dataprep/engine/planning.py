"""What a request needs: flows and sources found, circles refused, and a key for each step that tells what it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources.opening import open_source, search_folders
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.source import locate
from workbench.dataprep.steps import Other, Write


@dataclass(frozen=True)
class Node:
    """A flow with the package that it stands in."""

    package: Package
    flow: Dataflow

    @property
    def place(self) -> tuple[str, str]:
        """What no other flow has: the file of its package, and its id."""
        return str(self.package.path or ""), self.flow.id

    @property
    def last(self) -> int:
        """The index of its last step; -1 without any."""
        return len(self.flow.steps) - 1


@dataclass
class Plan:
    """One request: its sources and flows, found once, and how it is watched."""

    base: Path
    sample: Sample | None = None
    """The sample of every source; None: all rows."""
    active_samples: bool = False
    """Whether each source's own active sample is used in place of `sample`."""
    named_samples: Mapping[str, str] = field(default_factory=dict)
    """The samples of single sources that are read where no `sample` is asked for: by the source's name, the sample's."""
    cancel: Cancel | None = None
    progress: Progress | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What stands in for sources: by the path or the name that a flow refers to them with, a path or a data frame."""
    interactive: bool = True
    """Whether results of expensive steps are kept on the way."""
    _readers: dict[tuple[str, str], Reader] = field(default_factory=dict)
    _packages: dict[Path, Package] = field(default_factory=dict)

    def reader(self, package: Package, reference: str) -> Reader:
        """The source behind a reference. Raises NotFound or UserError."""
        key = (str(package.folder or ""), reference)
        if key not in self._readers:
            self._readers[key] = open_source(reference, self.base, package.folder, self.inputs)
        return self._readers[key]

    def node(self, package: Package, flow: str, other: str = "") -> Node:
        """The flow of that id or name in the package, or in the package file `other`. Raises NotFound or UserError."""
        if other:
            path = locate(other, search_folders(self.base, package.folder))
            if path not in self._packages:
                self._packages[path] = Package.load(path)
            package = self._packages[path]
        return Node(package, package.flow(flow))

    def source(self, node: Node) -> Node | Reader:
        """What a flow starts from."""
        source = node.flow.source
        if isinstance(source, FlowRef):
            return self.node(node.package, source.flow, source.package)
        return self.reader(node.package, source.path)

    def needed(self, node: Node, other: Other) -> Node | Reader:
        """What a step of the flow refers to."""
        if other.flow:
            return self.node(node.package, other.flow, other.package)
        return self.reader(node.package, other.source)

    def check_circles(self, node: Node, above: tuple[Node, ...] = ()) -> None:
        """Raises UserError when a flow leads back to itself."""
        if any(other.place == node.place for other in above):
            start = [other.place for other in above].index(node.place)
            names = " → ".join(other.flow.name for other in (*above[start:], node))
            raise UserError(f"The dataflows refer to each other in a circle: {names}.", hint="Remove one of these references.")
        for other in node.flow.others():
            if other.flow:
                self.check_circles(self.node(node.package, other.flow, other.package), (*above, node))

    def sample_of(self, reader: Reader) -> Sample | None:
        """Which rows of the source this request works on; None: all."""
        named = self.named_samples.get(reader.name) if self.sample is None else None
        if named is not None:
            found = next((sample for sample in reader.offered if sample.name == named), None)
            if found is None:
                known = ", ".join(sample.name for sample in reader.offered) or "none"
                raise NotFound(f"The source {reader.name} has no sample {named}.", hint=f"It has: {known}.")
        else:
            found = reader.active_sample if self.active_samples else self.sample
        return None if found is None or found.kind == "full" else found

    def reader_key(self, reader: Reader) -> str:
        """What the loaded rows of a source depend on."""
        sample = self.sample_of(reader)
        return _digest(reader.key, sample.model_dump_json() if sample else "")

    def key(self, node: Node, last: int) -> str:
        """What the rows after step `last` depend on."""
        source = self.source(node)
        parts = [self.key(source, source.last) if isinstance(source, Node) else self.reader_key(source)]
        for step in node.flow.steps[: last + 1]:
            if not step.enabled or isinstance(step, Write):
                continue
            parts.append(json.dumps(step.model_dump(mode="json", exclude={"id", "note"}), sort_keys=True))
            for other in step.others():
                found = self.needed(node, other)
                parts.append(self.key(found, found.last) if isinstance(found, Node) else self.reader_key(found))
        if len(parts) == 1 and not isinstance(node.flow.source, FileRef):
            return parts[0]
        return _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
