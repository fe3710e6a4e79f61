"""Checks a score script before anything is built: it compiles, has `init()` and `run(data)`, and perhaps a literal `SAMPLE`."""

import ast
import json
from typing import Any

from workbench.base.errors import UserError


def check_score_script(source: bytes, name: str) -> Any:
    """The script's `SAMPLE` when it is written out as a literal that JSON can hold, else None.

    `name` stands in the sentences. Raises UserError with file and line: a syntax error, a missing `init` or `run`, a `run` that
    does not take one argument.
    """
    try:
        tree = ast.parse(source, filename=name)
        compile(tree, name, "exec")
    except SyntaxError as error:
        place = f"{name}:{error.lineno or 1}"
        text = f" ({error.text.strip()})" if error.text else ""
        raise UserError(f"The score script has a syntax error at {place}: {error.msg}{text}.", place=place) from None
    except ValueError as error:  # a null byte
        raise UserError(f"The score script {name} is not Python: {error}.", place=name) from None
    _check_functions(tree, name)
    return _sample(tree)


def _check_functions(tree: ast.Module, name: str) -> None:
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
    bound |= {alias.asname or alias.name for alias in imports}
    for wanted, use in (("init", "def init(): loads the model"), ("run", "def run(data): answers one request")):
        if wanted not in functions and wanted not in bound and "*" not in bound:
            raise UserError(f"The score script {name} has no function {wanted}.", hint=f"It needs {use}.", place=name)
    if isinstance(functions.get("init"), ast.AsyncFunctionDef):
        place = f"{name}:{functions['init'].lineno}"
        raise UserError(f"init() at {place} is asynchronous.", hint="Write it as a plain function: def init().", place=place)
    for wanted, count in (("init", 0), ("run", 1)):
        if (function := functions.get(wanted)) and not _takes(function.args, count):
            place = f"{name}:{function.lineno}"
            takes = "one argument, the request's data" if count else "no arguments"
            raise UserError(f"{wanted}() at {place} must take {takes}.", place=place)


def _takes(arguments: ast.arguments, count: int) -> bool:
    """Whether the function can be called with `count` positional arguments."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    named = any(default is None for default in arguments.kw_defaults)
    return required <= count and not named and (count <= positional or arguments.vararg is not None)


def _sample(tree: ast.Module) -> Any:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == "SAMPLE" and node.value:
            try:
                return json.loads(json.dumps(ast.literal_eval(node.value), allow_nan=False))
            except (ValueError, TypeError):  # computed: the service itself tells its sample once it runs
                return None
    return None
