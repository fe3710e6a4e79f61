"""The package: one `.wbprep` file with one or more dataflows, each a source and an ordered list of steps."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from workbench.base.errors import NotFound, UserError
from workbench.base.files import write_atomic
from workbench.base.ids import new_id
from workbench.dataprep.sources import Frozen, read_json
from workbench.dataprep.steps import Derive, Other, Step, StepBase, Write


class FileRef(Frozen):
    """A flow that starts from a file: a `.wbsource`, or a data file whose format is detected each time.

    `path` is relative to the package's folder or the project's.
    """

    kind: Literal["file"] = "file"
    path: str


class FlowRef(Frozen):
    """A flow that starts from the result of another one: of the same package, or of the file `package`."""

    kind: Literal["flow"] = "flow"
    flow: str
    package: str = ""


SourceRef = Annotated[FileRef | FlowRef, Field(discriminator="kind")]


class Dataflow(Frozen):
    """A source and the steps that lead from it to a result."""

    id: str = Field(default_factory=new_id)
    name: str
    source: SourceRef
    steps: tuple[Step, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether an enabled step writes."""
        return any(isinstance(step, Write) and step.enabled for step in self.steps)

    def with_steps(self, steps: tuple[StepBase, ...]) -> "Dataflow":
        """The same flow with other steps."""
        return self.model_copy(update={"steps": steps})

    def references(self) -> list[str]:
        """The ids of the flows of the same package that this one needs."""
        return [other.flow for other in self.others() if other.flow and not other.package]

    def others(self) -> list[Other]:
        """All tables that it needs: its source, and what its enabled steps refer to."""
        if isinstance(self.source, FlowRef):
            own = Other(flow=self.source.flow, package=self.source.package)
        else:
            own = Other(source=self.source.path)
        return [own, *(other for step in self.steps if step.enabled for other in step.others())]


class Package(Frozen):
    """The content of a `.wbprep` file. `folder` is where it was loaded from, which relative paths start from."""

    version: Literal[2] = 2
    flows: tuple[Dataflow, ...] = ()
    _folder: Path | None = PrivateAttr(default=None)
    _path: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [flow.id for flow in self.flows]
        if len(set(ids)) < len(ids):
            raise ValueError("two flows have the same id")
        return self

    @property
    def folder(self) -> Path | None:
        """The folder of the file that it was loaded from or saved to."""
        return self._folder

    @property
    def path(self) -> Path | None:
        """The file that it was loaded from or saved to."""
        return self._path

    @classmethod
    def load(cls, path: Path) -> "Package":
        """Reads a package. Raises NotFound, or UserError with the place of what is wrong; the file stays as it is."""
        package = cls.model_validate(read_json(Path(path), "data preparation", cls, MIGRATIONS))
        return package.placed(Path(path))

    def placed(self, path: Path) -> "Package":
        """The same package, standing at that path."""
        copy = self.model_copy()
        copy.__pydantic_private__ = {"_path": path.absolute(), "_folder": path.absolute().parent}
        return copy

    def save(self, path: Path) -> "Package":
        """Writes the file, atomically, and returns the package as it stands there."""
        write_atomic(Path(path), self.to_text())
        return self.placed(Path(path))

    def to_text(self) -> str:
        """The file's text: stable key order, defaults left out, one step a block."""
        flows = [
            {
                "id": flow.id,
                "name": flow.name,
                "source": {key: value for key, value in flow.source.model_dump(mode="json").items() if value},
                "steps": [_step_json(step) for step in flow.steps],
            }
            for flow in self.flows
        ]
        return json.dumps({"version": self.version, "flows": flows}, indent=2, ensure_ascii=False) + "\n"

    def flow(self, id_or_name: str | None = None) -> Dataflow:
        """The flow of that id or name; the last one without any. Raises NotFound with the names there are."""
        if not self.flows:
            raise UserError("The package has no dataflow yet.", hint="Add a data source to it.", place=str(self._path or ""))
        if id_or_name is None:
            return self.flows[-1]
        for flow in self.flows:
            if id_or_name in {flow.id, flow.name}:
                return flow
        known = ", ".join(flow.name for flow in self.flows)
        raise NotFound(f"There is no dataflow {id_or_name} in the package.", hint=f"It has {known}.")

    def with_flow(self, flow: Dataflow) -> "Package":
        """The package with a flow replaced (same id) or appended."""
        flows = tuple(flow if other.id == flow.id else other for other in self.flows)
        if flow not in flows:
            flows = (*self.flows, flow)
        return self.model_copy(update={"flows": flows})

    def without_flow(self, flow_id: str) -> "Package":
        """The package without a flow. Raises UserError when another one needs it."""
        for flow in self.flows:
            if flow_id in flow.references() and flow.id != flow_id:
                raise UserError(f"The flow {flow.name} uses this one.", hint=f"Change {flow.name} first.")
        return self.model_copy(update={"flows": tuple(flow for flow in self.flows if flow.id != flow_id)})


def _joins_by_their_sql_names(raw: dict[str, Any]) -> None:
    """Version 2 calls the kinds of joins as SQL does."""
    names = {"outer": "full", "left_only": "left_anti"}
    for flow in raw.get("flows", ()):
        for step in flow.get("steps", ()):
            if step.get("op") == "join" and step.get("how") in names:
                step["how"] = names[step["how"]]


MIGRATIONS = {1: _joins_by_their_sql_names}
"""What makes a file of each older version one of the next: a function that changes the JSON in place."""


def _step_json(step: StepBase) -> dict[str, Any]:
    head: dict[str, Any] = {"op": step.op, "id": step.id}
    if isinstance(step, Derive):
        head |= {"column": step.column, "inputs": list(step.inputs)}
    body = step.model_dump(mode="json", exclude_defaults=True)
    return head | {key: value for key, value in body.items() if key not in head}
