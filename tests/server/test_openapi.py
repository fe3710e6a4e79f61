"""The API keeps to its own description: schemathesis sends what the OpenAPI document allows, and what it does not."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase

from tests.server.conftest import served
from workbench.base.clock import utc_now
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.runs import Database, RunStore
from workbench.schema import LogBatch, MetricPoint, RunConfig, RunStatus

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of libraries that it loads
    import schemathesis
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

NOT_SENT = {
    ("GET", "/api/v1/events"): "it has no end",
    ("POST", "/api/v1/shutdown"): "it ends the server",
    ("PUT", "/api/v1/settings"): "made-up settings would change what the other calls do",
    ("POST", "/api/v1/transfers/import"): "it reads whatever folder of this machine is named",
    ("POST", "/api/v1/transfers/export"): "it writes whatever folder of this machine is named",
}
EXAMPLES = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a run that has ended and one that goes on."""
    folder = tmp_path_factory.mktemp("openapi") / "workspace"
    database = Database(WorkspacePaths(folder).database)
    store = RunStore(database)
    for status in (RunStatus.RUNNING, RunStatus.FINISHED):
        run = store.create_run(experiment="flights", config=RunConfig())
        store.log_batch(run.id, LogBatch(metrics=(MetricPoint(key="loss", value=1.0, time=utc_now()),), params={"a": "b"}))
        store.set_status(run.id, status)
    database.close()
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Client]:
    with served(home) as client:
        yield client


def document(client: Client) -> dict[str, Any]:
    answer = httpx.get(f"{client.url}/api/v1/openapi.json", headers={"Authorization": f"Bearer {client.token}"}, trust_env=False)
    found: dict[str, Any] = answer.json()
    return found


def test_that_every_call_says_how_it_fails(server: Client) -> None:
    for path, calls in document(server)["paths"].items():
        for method, call in calls.items():
            content = call["responses"]["default"]["content"]["application/json"]
            assert content["schema"]["$ref"].endswith("/ErrorBody"), (method, path)
            assert "422" not in call["responses"], (method, path)


@pytest.mark.slow
def test_that_answers_are_as_documented_and_nothing_makes_the_server_fail(server: Client) -> None:
    schema = schemathesis.openapi.from_dict(document(server))
    headers = {"Authorization": f"Bearer {server.token}"}
    failed: dict[str, str] = {}
    sent = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if (operation.method.upper(), operation.full_path) in NOT_SENT:
            continue

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal sent
            answer = case.call(base_url=server.url, headers=headers, timeout=60)
            sent += 1
            assert answer.status_code < 500 or answer.json()["kind"] == "environment", answer.text
            case.validate_response(answer, checks=(status_code_conformance, content_type_conformance, response_schema_conformance))

        try:
            check()
        except Exception as error:  # noqa: BLE001 (all of them are shown together)
            failed[operation.label] = str(error)
    assert not failed, "\n\n".join(f"=== {label}\n{error}" for label, error in failed.items())
    assert sent > 300
    assert server.health().pid == server.pid
