"""The manual's examples are true."""

import doctest
import re
from pathlib import Path

import workbench.byexample


def test_that_the_manual_s_examples_give_what_it_shows() -> None:
    manual = Path(workbench.byexample.__file__).with_name("README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    assert blocks
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, {}, "README", None, None)
        assert test.examples
        told: list[str] = []
        assert doctest.DocTestRunner().run(test, out=told.append).failed == 0, "".join(told)
