import pytest

from workbench.base.errors import UserError
from workbench.models.scorescript import check_score_script

GOOD = b"SAMPLE = [{'a': 1}]\ndef init(): pass\ndef run(data): return data\n"


def test_that_a_literal_sample_is_found() -> None:
    assert check_score_script(GOOD, "score.py") == [{"a": 1}]


@pytest.mark.parametrize(
    "source",
    [
        b"import numpy as np\nSAMPLE = np.zeros(3)\ndef init(): ...\ndef run(data): ...\n",
        b"from shared import init, run\n",
        b"from shared import *\n",
        b"def init(path=None): ...\nasync def run(*rows): ...\n",
        b"def init(): ...\nclass C:\n    def go(self, data): ...\nrun = C().go\n",
    ],
)
def test_that_any_way_to_provide_the_functions_is_accepted(source: bytes) -> None:
    assert check_score_script(source, "score.py") is None


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"def init():\n    pass\ndef run(data)\n    pass\n", r"syntax error at score\.py:3: expected ':' \(def run\(data\)\)"),
        (b"def init(): ...\n", r"no function run\..*def run\(data\)"),
        (b"def run(data): ...\n", "no function init"),
        (b"def init(): ...\ndef run(): ...\n", r"run\(\) at score\.py:2 must take one argument"),
        (b"def init(): ...\ndef run(a, b): ...\n", r"run\(\) at score\.py:2 must take one argument"),
        (b"def init(path): ...\ndef run(a): ...\n", r"init\(\) at score\.py:1 must take no arguments"),
        (b"async def init(): ...\ndef run(a): ...\n", "asynchronous"),
        (b"\x00", "not Python|syntax error"),
        (b"\xff\xfe", "syntax error"),
    ],
)
def test_that_a_script_that_cannot_score_gives_a_sentence(source: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        check_score_script(source, "score.py")
