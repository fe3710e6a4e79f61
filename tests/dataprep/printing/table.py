"""The table of steps by languages that they can be printed in: runs every case.

`uv run python -m tests.dataprep.printing.table [--language pandas ...] [--op trim ...] [--case NAME] [--code] [--details]`
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.dataprep.cases import Case, all_cases
from tests.dataprep.printing.languages import unequal
from tests.dataprep.printing.running import package_of
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.printing import LANGUAGES, Language, print_flow
from workbench.dataprep.steps import STEPS


def outcome(case: Case, language: Language, spark: Any = None, *, show: bool = False) -> tuple[str, str]:
    """`same`, `cannot` (with the sentence) or `wrong` (with the differences) for a case in a language."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = package_of(case, folder, nan=language != "pandas")
        try:
            code = print_flow(package, None, language, folder)
        except UserError as error:
            return "cannot", error.message
        if show:
            print(code)  # noqa: T201 (a command)
        with Engine(folder, folder / "cache") as engine:
            wanted = engine.to_arrow(package, "prepared")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                told = unequal(language, code, wanted, spark)
        except Exception as error:  # noqa: BLE001 (whatever the printed program raises)
            return "wrong", f"{type(error).__name__}: {error}".splitlines()[0]
    return ("wrong", "; ".join(told)) if told else ("same", "")


def table(cases: Iterable[Case], languages: Sequence[Language], spark: Any, *, show: bool = False, details: bool = False) -> str:
    """The table as Markdown: `yes`, `no` or `wrong` for each step and language (the worst of its cases)."""
    worst: dict[str, dict[str, str]] = defaultdict(dict)
    told = []
    for case in cases:
        for language in languages:
            try:
                state, detail = outcome(case, language, spark, show=show)
            except Exception as error:  # noqa: BLE001
                state, detail = "wrong", f"{type(error).__name__}: {error}".splitlines()[0]
            if detail:
                told.append(f"{case.step.op} | {case.name} | {language} | {state} | {detail[:300]}")
            known = worst[case.step.op].get(language, "same")
            worst[case.step.op][language] = max(state, known, key=["same", "cannot", "wrong"].index)
    words = {"same": "yes", "cannot": "no", "wrong": "wrong"}
    lines = [f"| step | {' | '.join(languages)} |", "|---" * (len(languages) + 1) + "|"]
    lines += [f"| {op} | {' | '.join(words[worst[op][one]] for one in languages)} |" for op in STEPS if op in worst]
    return "\n".join([*lines, *(["", *told] if details else [])])


def main() -> None:
    """Runs the cases that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", nargs="*", default=[])
    parser.add_argument("--op", nargs="*", default=[])
    parser.add_argument("--case", default="")
    parser.add_argument("--code", action="store_true")
    parser.add_argument("--details", action="store_true")
    given = parser.parse_args()
    languages = [language for language in LANGUAGES if not given.language or language in given.language]
    cases = [case for case in all_cases() if (not given.op or case.step.op in given.op) and given.case in case.name]
    spark = None
    if "pyspark" in languages:
        from workbench.dataprep.spark import start_session

        spark = start_session("local[1]")
        spark.sparkContext.setLogLevel("OFF")
    print(table(cases, languages, spark, show=given.code, details=given.details))  # noqa: T201


if __name__ == "__main__":
    main()
