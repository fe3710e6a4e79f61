"""Steps that run Python code of the user: in a worker process, with a time and a memory limit."""

from workbench.dataprep.steps.script.base import MadeColumn, ScriptStep
from workbench.dataprep.steps.script.frames import ScriptFrame, ScriptPartition
from workbench.dataprep.steps.script.rows import ScriptColumn, ScriptFilter
from workbench.dataprep.steps.script.writing import ScriptWrite

__all__ = ["MadeColumn", "ScriptColumn", "ScriptFilter", "ScriptFrame", "ScriptPartition", "ScriptStep", "ScriptWrite"]
