"""Running the user's Python in a process of its own: with a time and a memory limit, so that nothing it does takes Workbench down.

`PythonWorker` is what script steps use; `read_by_script` reads a source by a script.
"""

from workbench.dataprep.workers.code import Form, Frames, Kind, Script, form_of
from workbench.dataprep.workers.process import Answer, Limits, PythonWorker, read_by_script

__all__ = ["Answer", "Form", "Frames", "Kind", "Limits", "PythonWorker", "Script", "form_of", "read_by_script"]
