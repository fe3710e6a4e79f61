"""Names of services and requests, judged in words."""

import pytest
from pydantic import TypeAdapter

from workbench.desktop.services.naming import json_problem, name_problem, suggest_name
from workbench.schema.base import ServiceName


@pytest.mark.parametrize("model", ["Late Flights", "x", "___", "A" * 80, "modèle.v2", "-a-"])
def test_that_a_suggested_name_is_allowed(model: str) -> None:
    name = suggest_name(model, {"late-flights"})
    assert not name_problem(name)
    assert TypeAdapter(ServiceName).validate_python(name) == name


def test_that_a_taken_name_gets_a_number() -> None:
    assert suggest_name("late-flights", {"late-flights", "late-flights-2"}) == "late-flights-3"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("", "Give the service a name"),
        ("ab", "3 to 32"),
        ("Late", "a capital letter"),
        ("a b c", "a space"),
        ("a_bc", "“_”"),
        ("-abc", "begins"),
    ],
)
def test_that_a_wrong_name_gives_its_reason(name: str, part: str) -> None:
    assert part in name_problem(name)


def test_that_wrong_json_is_told_with_its_place() -> None:
    assert json_problem('{"a": 1,\n "b" 2}').endswith("in line 2, column 6.")
    assert not json_problem('{"a": 1}')
