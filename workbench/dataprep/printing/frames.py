"""Programs over pandas and Polars frames: a function for each source and each flow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import is_hidden
from workbench.dataprep.printing.chain import Chain, Link, chain
from workbench.dataprep.printing.code import PRINTERS, Code, FrameLanguage, Module
from workbench.dataprep.printing.literals import listing, text
from workbench.dataprep.printing.walking import Walked, WalkedFlow, WalkedSource, schema_of_walked
from workbench.dataprep.steps import StepBase

_FRAMES = {"pandas": ("import pandas as pd", "pd.DataFrame"), "polars": ("import polars as pl", "pl.DataFrame")}


def print_frames(walked: Walked, language: FrameLanguage) -> str:
    """The program. Raises UserError for a step or a source that the language cannot say."""
    module = Module(walked.names, walked.base)
    statement, frame = _FRAMES[language]
    module.imports[statement] = None
    functions = [function_of_source(source, language, module, frame) for source in walked.sources]
    made = chain(walked, "duckdb")
    functions += [function_of_flow(flow, language, module, frame, made) for flow in walked.flows]
    ending = f"df = {walked.result.name}()"
    return assembled(module, title(walked), [folder(walked)], functions, ending)


def folder(walked: Walked) -> str:
    """The line that says where relative paths start."""
    return f"FOLDER = Path({text(str(walked.base))})"


def title(walked: Walked) -> str:
    """The first line of a program."""
    name = walked.package.path.name if walked.package.path else ""
    return f"The dataflow {walked.result.title}{f' of {name}' if name else ''}.".replace('"""', "'''").replace("\\", "/")


def assembled(module: Module, heading: str, constants: list[str], functions: list[str], ending: str) -> str:
    """The parts of a program in their order."""
    body = "\n\n\n".join([*module.definitions.values(), *functions])
    if "FOLDER" in body + ending:
        module.imports["from pathlib import Path"] = None
    else:
        constants = [line for line in constants if not line.startswith("FOLDER")]
    parts = [f'"""{heading}"""', sorted_imports(list(module.imports)), "\n".join(constants)]
    head = "\n\n".join(part for part in parts if part)
    return f"{head}\n\n\n{body}\n\n\n{ending}\n"


def sorted_imports(statements: list[str]) -> str:
    """Imports as the usual formatters sort them: the standard library first; those of one module together."""
    from collections import defaultdict

    plain = sorted({one for one in statements if one.startswith("import ")}, key=str.lower)
    members: dict[str, set[str]] = defaultdict(set)
    for one in statements:
        if one.startswith("from "):
            origin, _, what = one.removeprefix("from ").partition(" import ")
            members[origin].add(what)
    every = plain + [f"from {origin} import {', '.join(sorted(what))}" for origin, what in sorted(members.items())]
    standard = [one for one in every if one.split()[1].split(".")[0] in sys.stdlib_module_names]
    others = [one for one in every if one not in standard]
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def function_of_source(source: WalkedSource, language: FrameLanguage, module: Module, frame: str) -> str:
    """The function that reads a source."""
    code = Code(language, module, after=source.reader.schema)
    if language == "pandas":
        from workbench.dataprep.printing.pandas.reading import print_source
    else:
        from workbench.dataprep.printing.polars.reading import print_source
    print_source(source.reader, code)
    return function(source.name, frame, "", [*code.lines, "return df"])


def function_of_flow(flow: WalkedFlow, language: FrameLanguage, module: Module, frame: str, made: Chain) -> str:
    """The function that makes a flow's result."""
    from workbench.dataprep.printing.by_query import passes_errors, print_query

    lines = [f"df = {flow.start.name}()"]
    links = {link.step.number: link for link in made.links if link.step is not None and link.flow is flow}
    held: list[Link] = []
    for number, walked in enumerate(flow.steps):
        link = links.get(walked.number)
        told = sentence(walked.number, walked.step.describe(), walked.step.note)
        if link is not None and link.expression is not None:
            above = made.link(link.above)
            queried = passes_errors(link) or passes_errors(above) or not has_printer(type(walked.step), language)
            if queried:
                held.append(link)
                lines += ["", *told]
                if not passes_errors(link):
                    lines += print_query(held, made, language, module)
                    held = []
                continue
        if number == 0 or not lines[1:]:
            lines += _without_hidden(flow, language)
        code = Code.of_step(language, module, walked, flow.others)
        printer(type(walked.step), language, walked.step.describe())(walked.step, code)
        lines += ["", *told, *code.lines]
    if not flow.steps:
        lines += _without_hidden(flow, language)
    ending = "return df.reset_index(drop=True)" if language == "pandas" else "return df"
    return function(flow.name, frame, flow.title, [*lines, "", ending])


def _without_hidden(flow: WalkedFlow, language: FrameLanguage) -> list[str]:
    """The line that leaves out what a source holds of error cells, where no step looks at them."""
    hidden = [column.name for column in schema_of_walked(flow.start) if is_hidden(column.name)]
    if not hidden:
        return []
    return [f"df = df.drop({'columns=' if language == 'pandas' else ''}{listing(hidden)})"]


def has_printer(step: type[StepBase], language: FrameLanguage) -> bool:
    """Whether the language has words for a step."""
    _load_printers(language)
    return (step, language) in PRINTERS


def printer(step: type[StepBase], language: FrameLanguage, sentence: str) -> Callable[[Any, Code], None]:
    """The printer of a step. Raises UserError without one."""
    if not has_printer(step, language):
        raise UserError(f"{sentence} cannot be printed for {'pandas' if language == 'pandas' else 'Polars'}.")
    return PRINTERS[step, language]


def _load_printers(language: FrameLanguage) -> None:
    import importlib

    importlib.import_module(f"workbench.dataprep.printing.{language}")


def sentence(number: int, words: str, note: str = "") -> list[str]:
    """What a step does, as a remark above it."""
    import textwrap

    shown = f"{number}. {words}{f' ({note})' if note else ''}"
    return [f"# {line}" for part in shown.splitlines() for line in textwrap.wrap(part, 96) or [""]]


def function(name: str, frame: str, docstring: str, lines: list[str]) -> str:
    """A function without arguments that returns a frame."""
    told = [f'    """{docstring}"""'.replace("\\", "/")] if docstring else []
    body = [f"    {row}" if row else "" for line in lines for row in line.split("\n")]
    return "\n".join([f"def {name}() -> {frame}:", *told, *body])
