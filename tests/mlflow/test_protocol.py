"""The protocol itself, call by call, as a client in any language makes it."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.mlflow.conftest import Protocol
from workbench.base.paths import WorkspacePaths
from workbench.schema import MetricsLogged, RunChanged, RunPatch
from workbench.server.mlflow.calls import SPOKEN
from workbench.server.mlflow.errors import STATUS
from workbench.server.mlflow.protocol import ROOMS
from workbench.server.mlflow.unspoken import GROUPS

assert ROOMS


def test_that_what_is_not_spoken_says_so(protocol: Protocol) -> None:
    for beginnings in GROUPS.values():
        for path in beginnings:
            for method in ("GET", "POST"):
                response = protocol.send(method, path, prefix="/api/3.0/mlflow/")
                assert response.status_code == 501, path
                assert response.json()["error_code"] == "NOT_IMPLEMENTED"
                assert f"{method} {path}" in response.json()["message"]
    assert protocol.send("GET", "traces/tr-1/info").status_code == 501
    assert protocol.send("POST", "no/such/call").status_code == 501


def test_that_models_that_are_prompts_are_not_spoken(protocol: Protocol) -> None:
    body = {"name": "hello", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}
    assert protocol.refused("POST", "registered-models/create", **body) == (501, "NOT_IMPLEMENTED")


def test_that_both_prefixes_and_both_numbers_are_the_same(protocol: Protocol) -> None:
    for prefix in ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/", "/api/3.0/mlflow/", "/ajax-api/3.0/mlflow/"):
        assert protocol.send("GET", "experiments/get?experiment_id=0", prefix=prefix).json()["experiment"]["name"] == "Default"


def test_that_the_server_says_what_it_is(protocol: Protocol) -> None:
    assert protocol.send("GET", "", prefix="/health").text == "OK"
    assert protocol.send("GET", "", prefix="/version").text.count(".") == 2
    assert protocol.send("GET", "server-info", prefix="/api/3.0/mlflow/").json()["workspaces_enabled"] is False


def test_that_nobody_comes_in_without_the_token(protocol: Protocol) -> None:
    for path in ("/api/2.0/mlflow/experiments/search", "/version", "/api/2.0/mlflow-artifacts/artifacts"):
        response = protocol.send("GET", "", prefix=path, headers={"Authorization": "Bearer wrong"})
        assert response.status_code == 401
        assert response.json()["message"]
        assert "mlflow" not in path or response.json()["error_code"] == "UNAUTHENTICATED"


def test_that_basic_authentication_opens_too(protocol: Protocol) -> None:
    words = base64.b64encode(f"me:{protocol.client.token}".encode()).decode()
    response = protocol.send("GET", "experiments/get?experiment_id=0", headers={"Authorization": f"Basic {words}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("runs/log-metric", {"key": "a", "value": 1, "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "value": 1, "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "value": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "value": "much", "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "value": True, "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "value": 1, "timestamp": "soon"}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a", "value": 1, "timestamp": 10**30}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a\nb", "value": 1, "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "../a", "value": 1, "timestamp": 1}),
        ("runs/log-metric", {"run_id": "RUN", "key": "a" * 251, "value": 1, "timestamp": 1}),
        ("runs/log-metric", {"run_id": {}, "key": "a", "value": 1, "timestamp": 1}),
        ("runs/log-parameter", {"run_id": "RUN", "key": "a", "value": "x" * 6001}),
        ("runs/log-parameter", {"run_id": "RUN", "value": "x"}),
        ("runs/set-tag", {"run_id": "RUN", "key": "a", "value": "x" * 8001}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": "many"}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{"key": "a", "value": 1}]}),
        ("runs/log-batch", {"run_id": "RUN", "params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}),
        ("runs/log-batch", {"run_id": "RUN", "tags": [{"value": "1"}]}),
        ("runs/update", {"run_id": "RUN", "status": "DANCING"}),
        ("runs/search", {"experiment_ids": ["0"], "max_results": 50_001}),
        ("runs/search", {"experiment_ids": ["0"], "page_token": "nonsense"}),
        ("runs/search", {"experiment_ids": ["0"], "order_by": ["beauty"]}),
        ("runs/search", {"experiment_ids": ["0"], "filter": "metrics.a = 'text'"}),
        ("runs/create", {"run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]}),
        ("experiments/create", {"name": ""}),
        ("experiments/search", {"max_results": -1}),
        ("experiments/search", {"page_token": "%%%"}),
        ("runs/log-model", {"run_id": "RUN", "model_json": "{"}),
        ("runs/log-model", {"run_id": "RUN", "model_json": "{}"}),
        ("runs/log-inputs", {"run_id": "RUN", "datasets": [{"dataset": {"name": "a"}}]}),
        ("registered-models/create", {"name": "a/b"}),
        ("logged-models", {"experiment_id": "0", "name": "a/b"}),
        ("logged-models/search", {"experiment_ids": []}),
    ],
)
def test_that_a_wrong_request_is_said_to_be_one(protocol: Protocol, path: str, body: dict[str, Any]) -> None:
    if body.get("run_id") == "RUN":
        body = {**body, "run_id": protocol.run()}
    assert protocol.refused("POST", path, **body) == (400, "INVALID_PARAMETER_VALUE")


def test_that_no_json_is_said_to_be_none(protocol: Protocol) -> None:
    for content in (b"{", b"\xff\xfe"):
        response = protocol.send("POST", "runs/create", content=content)
        assert (response.status_code, response.json()["error_code"]) == (400, "BAD_REQUEST")
    assert protocol.send("POST", "runs/create", content=b"[1]").status_code == 400
    assert protocol.send("GET", "runs/create").status_code == 400


def test_that_a_wrong_batch_writes_nothing(protocol: Protocol) -> None:
    run_id = protocol.run()
    protocol.post("runs/log-parameter", run_id=run_id, key="depth", value="3")
    point = {"key": "loss", "value": 1.0, "timestamp": 1}
    body = {"run_id": run_id, "metrics": [point], "params": [{"key": "depth", "value": "4"}], "tags": [{"key": "a", "value": "b"}]}
    assert protocol.refused("POST", "runs/log-batch", **body) == (400, "INVALID_PARAMETER_VALUE")
    found = protocol.client.run(run_id)
    assert (found.params, found.tags, found.metrics) == ({"depth": "3"}, {}, {})


def test_that_odd_numbers_are_texts_and_whole_numbers_are_numbers(protocol: Protocol) -> None:
    run_id = protocol.run()
    for value in ("NaN", "Infinity", "-Infinity", 2):
        protocol.post("runs/log-metric", run_id=run_id, key="odd", value=value, timestamp="1700000000123", step=2**53 + 1)
    protocol.send("POST", "runs/log-metric", content=f'{{"run_id": "{run_id}", "key": "odd", "value": NaN, "timestamp": 1}}')
    points = protocol.get("metrics/get-history", run_id=run_id, metric_key="odd")["metrics"]
    assert [point["value"] for point in points] == ["NaN", "Infinity", "-Infinity", 2.0, "NaN"]
    assert (points[0]["timestamp"], points[0]["step"]) == (1_700_000_000_123, 2**53 + 1)


def test_that_a_history_comes_in_pages(protocol: Protocol) -> None:
    run_id = protocol.run()
    sent = [{"key": "loss", "value": float(step), "timestamp": 1_700_000_000_000 + step, "step": step} for step in range(25)]
    protocol.post("runs/log-batch", run_id=run_id, metrics=sent)
    found, token = [], ""
    while True:
        page = protocol.get("metrics/get-history", run_id=run_id, metric_key="loss", max_results=10, page_token=token)
        found += page["metrics"]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert found == sent
    assert protocol.refused("GET", "metrics/get-history", run_id=run_id, metric_key="loss", max_results=0)[0] == 400


def test_that_histories_of_several_runs_come_together(protocol: Protocol) -> None:
    ids = sorted(protocol.run() for _ in range(2))
    for run_id in ids:
        points = [{"key": "loss", "value": float(step % 7), "timestamp": step, "step": step} for step in range(1000)]
        protocol.post("runs/log-batch", run_id=run_id, metrics=points)
    bulk = protocol.get("metrics/get-history-bulk", run_id=ids, metric_key="loss", max_results=1500)["metrics"]
    assert len(bulk) == 1500
    assert {point["run_id"] for point in bulk} == set(ids)
    some = protocol.get(
        "metrics/get-history-bulk-interval", run_ids=ids, metric_key="loss", start_step=100, end_step=899, max_results=50
    )["metrics"]
    assert 2 * 40 <= len(some) <= 2 * 50
    steps = [point["step"] for point in some if point["run_id"] == ids[0]]
    assert (steps[0], steps[-1], steps) == (100, 899, sorted(steps))
    assert {point["value"] for point in some} >= {0.0, 6.0}


def test_that_a_run_is_renamed_by_either_side(protocol: Protocol) -> None:
    run_id = protocol.run(run_name="first")
    protocol.post("runs/update", run_id=run_id, run_name="second")
    assert protocol.client.run(run_id).name == "second"
    protocol.client.patch_run(run_id, RunPatch(name="third", notes="Noted."))
    found = protocol.get("runs/get", run_id=run_id)["run"]
    tags = {tag["key"]: tag["value"] for tag in found["data"]["tags"]}
    assert (found["info"]["run_name"], tags["mlflow.runName"], tags["mlflow.note.content"]) == ("third", "third", "Noted.")
    for name in ("tags.`mlflow.runName`", "attributes.run_name"):
        page = protocol.post("runs/search", experiment_ids=["0"], filter=f"{name} = 'third'")
        assert [run["info"]["run_id"] for run in page["runs"]] == [run_id]


def test_that_of_equal_runs_the_one_that_began_last_comes_first(protocol: Protocol) -> None:
    experiment = protocol.post("experiments/create", name="equal")["experiment_id"]
    for name, began in (("late", 3000), ("early", 1000), ("between", 2000)):
        run = protocol.post("runs/create", experiment_id=experiment, start_time=began, run_name=name)["run"]["info"]["run_id"]
        protocol.post("runs/log-metric", run_id=run, key="acc", value=0.5, timestamp=1)

    def found(*orders: str) -> list[str]:
        answer = protocol.post("runs/search", experiment_ids=[experiment], order_by=orders)
        return [one["info"]["run_name"] for one in answer["runs"]]

    assert found() == found("metrics.acc ASC") == found("Created DESC") == ["late", "between", "early"]
    assert found("metrics.acc", "start_time ASC") == ["early", "between", "late"]


def test_that_models_come_in_the_order_of_their_last_change(protocol: Protocol) -> None:
    for name in ("changed first", "changed last", "changed between"):
        protocol.post("registered-models/create", name=name)
    protocol.send("PATCH", "registered-models/update", json={"name": "changed last", "description": "x"}).raise_for_status()
    found = protocol.get("registered-models/search", filter="name LIKE 'changed%'", order_by="timestamp DESC")["registered_models"]
    assert found[0]["name"] == "changed last"
    assert found[-1]["name"] == "changed first"


def test_that_a_parent_named_later_is_the_parent(protocol: Protocol) -> None:
    parent, child = protocol.run(), protocol.run()
    protocol.post("runs/set-tag", run_id=child, key="mlflow.parentRunId", value=parent)
    assert protocol.client.run(child).parent_id == parent
    protocol.post("runs/set-tag", run_id=child, key="mlflow.parentRunId", value=child)
    assert protocol.client.run(child).parent_id == parent


def test_that_what_is_logged_is_told_to_listeners(protocol: Protocol) -> None:
    run_id = protocol.run()
    protocol.post("runs/log-metric", run_id=run_id, key="told", value=1, timestamp=1)
    events = protocol.client.events(0)
    for event in events:
        if isinstance(event.body, MetricsLogged) and event.body.run_id == run_id:
            assert event.body.keys == ("told",)
            break
        assert not isinstance(event.body, RunChanged) or event.body.run_id
    events.close()


def test_that_the_datasets_of_an_experiment_are_listed_once(protocol: Protocol) -> None:
    experiment = protocol.post("experiments/create", name="with data")["experiment_id"]
    given = {
        "tags": [{"key": "mlflow.data.context", "value": "training"}],
        "dataset": {"name": "points", "digest": "abc", "source_type": "local", "source": '{"uri": "/data/points.csv"}'},
    }
    for _ in range(2):
        protocol.post("runs/log-inputs", run_id=protocol.run(experiment), datasets=[given])
    found = protocol.post("experiments/search-datasets", experiment_ids=[experiment])["dataset_summaries"]
    assert found == [{"experiment_id": experiment, "name": "points", "digest": "abc", "context": "training"}]


def upload(protocol: Protocol, path: str, content: bytes = b"x") -> int:
    return protocol.send("PUT", path, prefix="/api/2.0/mlflow-artifacts/artifacts/", content=content).status_code


def root_of(protocol: Protocol, run_id: str) -> str:
    uri: str = protocol.get("runs/get", run_id=run_id)["run"]["info"]["artifact_uri"]
    return uri.removeprefix("mlflow-artifacts:/")


@pytest.mark.parametrize(
    "path",
    [
        "../up.txt",
        "%2e%2e/up.txt",
        "%2e%2e%2fup.txt",
        "%252e%252e%252fup.txt",
        "a/../../up.txt",
        "%2fetc%2fpasswd",
        "a%00b",
        "a%5c..%5cb",
        "C:%5cup.txt",
        "C:/up.txt",
        "./.",
        "n" * 300,
        "link/up.txt",
        "folder",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_that_no_path_leads_out_of_the_artifacts(protocol: Protocol, method: str, path: str, tmp_path: Path) -> None:
    run_id = protocol.run()
    outputs = WorkspacePaths(protocol.client.home).run(run_id) / "outputs"
    (outputs / "folder").mkdir(parents=True)
    (outputs / "link").symlink_to(tmp_path)
    (tmp_path / "up.txt").write_text("mine")
    if (method, path) == ("DELETE", "folder"):
        return  # that is what it is for
    url = f"{protocol.client.url}/api/2.0/mlflow-artifacts/artifacts/{root_of(protocol, run_id)}/{path}"
    import http.client
    from urllib.parse import urlsplit

    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    headers = {"Authorization": f"Bearer {protocol.client.token}"}
    connection.request(method, address.path, body=b"theirs" if method == "PUT" else None, headers=headers)
    response = connection.getresponse()
    said = response.read()
    connection.close()
    assert response.status in {400, 404}, said
    assert (tmp_path / "up.txt").read_text() == "mine"
    assert b"mine" not in said
    assert [one.name for one in tmp_path.iterdir()] == ["up.txt"]


def test_that_a_file_is_replaced_listed_and_deleted(protocol: Protocol) -> None:
    run_id = protocol.run()
    root = root_of(protocol, run_id)
    assert upload(protocol, f"{root}/a/b.txt", b"one") == 200
    assert upload(protocol, f"{root}/a/b.txt", b"other") == 200
    assert [(one.path, one.size) for one in protocol.client.run(run_id).artifacts] == [("a/b.txt", 5)]
    assert upload(protocol, f"{root}/a", b"x") == 400
    assert upload(protocol, f"{root}/a/b.txt/c", b"x") == 400
    listed = protocol.send("GET", "artifacts/list", params={"run_id": run_id, "path": "a"}).json()
    assert listed["files"] == [{"path": "a/b.txt", "is_dir": False, "file_size": 5}]
    for path, status in (("none", 200), ("../..", 400)):
        assert protocol.send("GET", "artifacts/list", params={"run_id": run_id, "path": path}).status_code == status
    response = protocol.send("DELETE", f"{root}/a", prefix="/api/2.0/mlflow-artifacts/artifacts/")
    assert response.status_code == 200
    assert protocol.client.run(run_id).artifacts == ()
    assert protocol.get("artifacts/list", run_id=run_id)["files"] == []


def test_that_an_upload_in_parts_is_refused_as_clients_expect(protocol: Protocol) -> None:
    response = protocol.send(
        "POST", f"mpu/create/{root_of(protocol, protocol.run())}", prefix="/api/2.0/mlflow-artifacts/", json={}
    )
    assert response.status_code == 501
    assert response.json()["message"].startswith("Multipart upload is not supported for the current artifact repository")


def test_that_a_version_of_a_source_elsewhere_has_its_address_alone(protocol: Protocol) -> None:
    protocol.post("registered-models/create", name="afar")
    made = protocol.post("model-versions/create", name="afar", source="s3://bucket/model")["model_version"]
    assert (made["version"], made["status"], made["source"]) == ("1", "READY", "s3://bucket/model")
    assert protocol.get("model-versions/get-download-uri", name="afar", version="1") == {"artifact_uri": "s3://bucket/model"}
    assert protocol.client.model("afar").files == ()
    assert protocol.refused("POST", "model-versions/create", name="none", source="s3://x") == (404, "RESOURCE_DOES_NOT_EXIST")


def test_that_a_registered_version_outlives_its_run(protocol: Protocol) -> None:
    run_id = protocol.run()
    root = root_of(protocol, run_id)
    upload(protocol, f"{root}/model/weights", b"1 2 3")
    protocol.post("registered-models/create", name="lasting")
    protocol.post("model-versions/create", name="lasting", source=f"runs:/{run_id}/model", run_id=run_id)
    protocol.post("runs/update", run_id=run_id, status="FINISHED")
    protocol.client.delete_run(run_id)
    uri = protocol.get("model-versions/get-download-uri", name="lasting", version="1")["artifact_uri"]
    path = uri.removeprefix("mlflow-artifacts:/")
    listed = protocol.send("GET", "artifacts", prefix="/api/2.0/mlflow-artifacts/", params={"path": path}).json()
    assert listed["files"] == [{"path": "weights", "is_dir": False, "file_size": 5}]
    assert protocol.send("GET", f"{path}/weights", prefix="/api/2.0/mlflow-artifacts/artifacts/").content == b"1 2 3"
    assert upload(protocol, f"{path}/weights", b"other") == 400
    copied = protocol.post("model-versions/create", name="lasting", source="models:/lasting/1")["model_version"]
    assert protocol.client.model("lasting", int(copied["version"])).files[0].path == "weights"


def test_that_a_client_says_when_and_how_a_run_ended(protocol: Protocol) -> None:
    run_id = protocol.run()
    protocol.post("runs/update", run_id=run_id, status="FINISHED", end_time=1_700_000_001_000)
    info = protocol.get("runs/get", run_id=run_id)["run"]["info"]
    assert (info["status"], info["end_time"], info["start_time"]) == ("FINISHED", 1_700_000_001_000, 1_700_000_000_000)
    protocol.post("runs/update", run_id=run_id, status="FAILED")
    assert protocol.get("runs/get", run_id=run_id)["run"]["info"]["status"] == "FAILED"


def test_that_the_documentation_lists_the_calls_as_they_are() -> None:
    from tests.mlflow.calls_table import DOCUMENT, written

    text = DOCUMENT.read_text("utf-8")
    assert text == written(text), "write it anew: python -m tests.mlflow.calls_table"


_NAMES = (
    "run_id", "run_uuid", "experiment_id", "experiment_ids", "name", "new_name", "key", "value", "timestamp", "step", "metrics",
    "params", "tags", "datasets", "models", "filter", "order_by", "max_results", "page_token", "run_view_type", "view_type",
    "status", "end_time", "start_time", "run_name", "user_id", "model_json", "metric_key", "run_ids", "start_step", "end_step",
    "path", "source", "version", "alias", "stage", "stages", "archive_existing_versions", "description", "model_id",
    "source_run_id", "model_type", "experiment_name", "artifact_directory_path",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, "\x00", "-1", -1, 10**40, True, {"a": {"b": []}}, "\ud800", "x" * 100_000, ["x"], [{}], [{"key": 1, "value": {}}],
    [{"key": "a", "value": "1", "timestamp": [], "model_id": 3, "dataset": 3, "field_name": 3, "ascending": "x", "step": "x"}],
)  # fmt: skip


def test_that_no_nonsense_makes_the_server_fail(protocol: Protocol) -> None:
    run_id = protocol.run()
    protocol.post("registered-models/create", name="odd one")
    protocol.post("model-versions/create", name="odd one", source="s3://x")
    model_id = protocol.post("logged-models", experiment_id="0", source_run_id=run_id)["model"]["info"]["model_id"]
    known = {"run_id": run_id, "experiment_id": "0", "name": "odd one", "version": "1", "model_id": model_id, "key": "k"}
    with httpx.Client(base_url=protocol.client.url, trust_env=False, timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {protocol.client.token}"
        for call in SPOKEN:
            path = f"/api/2.0/mlflow/{call.path}".replace("{model_id}", model_id).replace("{run_id}", run_id)
            path = path.replace("{tag_key}", "none")
            for number, odd in enumerate(_ODD):
                bodies = [dict.fromkeys(_NAMES, odd), {**dict.fromkeys(_NAMES, odd), **known}]
                if "delete" in call.path or call.method == "DELETE":
                    bodies = bodies[:1]  # the known ones are still needed
                for body in bodies:
                    response = http.request(call.method, path, content=json.dumps(body))
                    assert response.status_code < 500 or response.status_code == 501, (call.path, number, response.text)
                    assert response.status_code == 200 or response.json()["error_code"] in STATUS, response.text
