"""What a call of the protocol is: its address, its arguments, and the function that answers it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from workbench.server.mlflow.errors import wrong
from workbench.server.workspace import Workspace

_LARGEST = 2**63 - 1

Answer = Callable[["Call"], dict[str, Any]]
"""Answers a call, in a thread."""


@dataclass(frozen=True)
class Call:
    """One request: the arguments of its path, query and body together."""

    request: Request
    values: Mapping[str, Any]

    @property
    def here(self) -> Workspace:
        workspace: Workspace = self.request.app.state.workspace
        return workspace

    def text(self, name: str, default: str = "") -> str:
        """A text; the default when it is missing or null."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)  # clients in other languages send ids and versions as numbers
        if not isinstance(value, str):
            raise _invalid(name, value)
        return value

    def required(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if not value:
            raise wrong(
                f"Missing value for required parameter '{name}'. See the API docs for more information about request parameters."
            )
        return value

    def run_id(self) -> str:
        """The run that is meant; old clients call it `run_uuid`."""
        return self.text("run_id") or self.text("run_uuid") or self.required("run_id")

    def given(self, name: str) -> bool:
        """Whether the argument is there at all."""
        return self.values.get(name) is not None

    def whole(self, name: str, default: int) -> int:
        """A whole number, also as text."""
        return whole(name, self.values.get(name), default)

    def version(self) -> int:
        """The number of a model's version, which comes as a text."""
        text = self.required("version")
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
            raise wrong(f"Model version must be an integer, got '{text[:100]}'")
        return int(text)

    def flag(self, name: str) -> bool:
        """A truth value, also as text."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if str(value).lower() in {"true", "false"}:
            return str(value).lower() == "true"
        raise _invalid(name, value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a query that names it once means a list of one."""
        value = self.values.get(name)
        if value is None:
            return ()
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in found):
            raise _invalid(name, value)
        return tuple(found)

    def items(self, name: str) -> list[dict[str, Any]]:
        """A list of messages."""
        return items(name, self.values.get(name))

    def pairs(self, name: str) -> dict[str, str]:
        """A list of `key` and `value`, as params and tags are sent."""
        return pairs(name, self.values.get(name))


@dataclass(frozen=True)
class Spoken:
    """A call that this server speaks. Parts of `path` in braces are arguments."""

    method: str
    path: str
    answer: Answer

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What matches the path; None where it is the same for every call."""
        if "{" not in self.path:
            return None
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


SPOKEN: list[Spoken] = []


def spoken(*endpoints: str) -> Callable[[Answer], Answer]:
    """Registers the function as the answer to `METHOD path` (below `/api/2.0/mlflow/`), for each of the endpoints."""

    def register(function: Answer) -> Answer:
        for endpoint in endpoints:
            method, _, path = endpoint.partition(" ")
            SPOKEN.append(Spoken(method, path, function))
        return function

    return register


def items(name: str, value: Any) -> list[dict[str, Any]]:
    """A list of messages."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _invalid(name, value)
    return value


def pairs(name: str, value: Any) -> dict[str, str]:
    """A list of `key` and `value`, as params and tags are sent."""
    return dict(_pairs(name, value))


def whole(name: str, value: Any, default: int | None = None) -> int:
    """A whole number, also as text. Without a default it must be there."""
    if value is None and default is not None:
        return default
    try:
        if value is None or isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
            raise ValueError
        found = int(value)
        if not -_LARGEST <= found <= _LARGEST:
            raise ValueError
        return found
    except (TypeError, ValueError, OverflowError):
        raise _invalid(name, value) from None


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(items(name, value)):
        key, text = one.get("key"), one.get("value", "")
        if not isinstance(key, str) or not key:
            raise wrong(f"Missing value for required parameter '{name}[{number}].key'.")
        if not isinstance(text, str):
            raise _invalid(f"{name}[{number}].value", text)
        yield key, text


def _invalid(name: str, value: Any) -> Exception:
    return wrong(f"Invalid value {value!r} for parameter '{name}' supplied.")
