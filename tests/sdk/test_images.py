"""Images of matplotlib, Pillow and NumPy, in a Python that has them."""

from pathlib import Path

import pytest

from tests import tools
from tests.conftest import Requirement
from tests.mlflow.conftest import CLIENTS
from workbench.jobs.sdkcopy import sdk_folder

_CODE = """
import numpy as np
import workbench
from matplotlib.figure import Figure
from PIL import Image

ramp = np.linspace(0, 1, 6).reshape(2, 3)
workbench.log_image("gray", ramp)
workbench.log_image("color", np.full((2, 3, 3), 300))
workbench.log_image("one", ramp[..., None] > 0.5, step=2)
workbench.log_image("axes", Figure().add_subplot())
workbench.log_image("pil", Image.new("RGB", (3, 2), "red"))
class Tensor:  # as PyTorch's: channels first, on a GPU, part of a computation
    def detach(self): return self
    def cpu(self): return np.moveaxis(np.full((2, 5, 3), 0.2), 2, 0)
    def __array__(self, *given): raise TypeError("on a GPU")
workbench.log_image("tensor", Tensor())
try:
    workbench.log_image("wrong", np.zeros((2, 3, 7)))
except TypeError as error:
    assert "not an array of the shape (2, 3, 7)" in str(error)

images = workbench.current_run().outputs / "images"
pixels = {path.stem: np.asarray(Image.open(path)) for path in images.iterdir()}
assert pixels["gray"].tolist() == [[0, 51, 102], [153, 204, 255]]
assert (pixels["color"] == 255).all()
assert pixels["one-000002"].tolist() == [[0, 0, 0], [255, 255, 255]]
assert pixels["tensor"].shape == (2, 5, 3) and (pixels["tensor"] == 51).all()
assert pixels["axes"].shape[2] == 4
assert pixels["pil"].tolist() == [[[255, 0, 0]] * 3] * 2
print(sorted(pixels))
"""


@pytest.fixture
def python(require: Requirement) -> Path:
    return tools.environment(require, *CLIENTS["newest"], "scikit-learn")


def test_that_figures_axes_and_arrays_are_images(home: Path, tmp_path: Path, python: Path) -> None:
    (tmp_path / "outputs").mkdir()
    variables = {"WORKBENCH_RUN_ID": "1" * 32, "WORKBENCH_RUN_DIR": str(tmp_path), "WORKBENCH_OUTPUTS": str(tmp_path / "outputs")}
    said = tools.run(python, _CODE, cwd=tmp_path, PYTHONPATH=str(sdk_folder(home)), **variables)
    assert said.strip() == "['axes', 'color', 'gray', 'one-000002', 'pil', 'tensor']"
