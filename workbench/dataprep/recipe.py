"""What a dataflow does, for the record of a run: its steps in words, each with a digest, and one digest of the whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from workbench.base.files import file_digest
from workbench.dataprep.engine.planning import Node, Plan
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources.opening import search_folders
from workbench.dataprep.sources.source import locate
from workbench.dataprep.steps import StepBase

Recipe = dict[str, Any]


def recipe(package: Package, flow: Dataflow, base: Path) -> Recipe:
    """The fields `steps` and `flow_digest` of a run's `input` event.

    The digest depends on all that makes the result but the data: the enabled steps with their constants (notes and ids left out),
    the flows of this and other packages that are used, and the way sources are read. Raises NotFound or UserError.
    """
    plan = Plan(base)
    steps = [{"op": step.op, "text": step.describe(), "digest": step_digest(step)} for step in flow.steps if step.enabled]
    return {"steps": steps, "flow_digest": _flow_digest(plan, plan.node(package, flow.id))}


def step_digest(step: StepBase) -> str:
    """The same for steps that do the same, whatever their notes say."""
    return _digest(json.dumps(step.model_dump(mode="json", exclude={"id", "note", "enabled"}), sort_keys=True))


def _flow_digest(plan: Plan, node: Node) -> str:
    source = node.flow.source
    if isinstance(source, FileRef):
        parts = [_source_digest(plan, node.package, source.path)]
    else:
        parts = [_flow_digest(plan, plan.node(node.package, source.flow, source.package))]
    for step in node.flow.steps:
        if not step.enabled:
            continue
        parts.append(step_digest(step))
        for other in step.others():
            if other.flow:
                parts.append(_flow_digest(plan, plan.node(node.package, other.flow, other.package)))
            else:
                parts.append(_source_digest(plan, node.package, other.source))
    return _digest(*parts)


def _source_digest(plan: Plan, package: Package, reference: str) -> str:
    """The reference, and the content of the `.wbsource` file that it names: that says how the data are read."""
    if not reference.endswith(".wbsource"):
        return _digest(reference)
    return _digest(reference, file_digest(locate(reference, search_folders(plan.base, package.folder))))


def _digest(*parts: str) -> str:
    return "sha256:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()
