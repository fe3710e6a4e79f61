"""Targets: added, changed, tested, deleted; their passwords are told to nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError
from workbench.jobs.capacity import machine
from workbench.jobs.drivers.registry import chain_to
from workbench.jobs.targets import TargetStore
from workbench.schema import (
    DockerSpec,
    JobRequest,
    Link,
    LocalSpec,
    RunStatus,
    Slots,
    SparkSpec,
    SshSpec,
    TargetRequest,
)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEwbNv0lJ4wnbXFDLXAcCOX2WsHd0fUC5gDMhVNm0FHz"


@pytest.fixture
def targets(workspace: Any) -> TargetStore:
    return TargetStore(workspace.database, workspace.paths, workspace.settings)


def test_that_this_machine_is_always_a_target_with_what_it_has(targets: TargetStore) -> None:
    (local,) = targets.list()
    assert (local.name, local.spec.kind, local.slots) == ("local", "local", Slots())
    assert local.capacity == machine()
    assert local.capacity.cpus >= 1
    assert local.capacity.memory_mb > 100
    with pytest.raises(UserError, match="cannot be deleted"):
        targets.delete("local")
    with pytest.raises(UserError, match="is this machine"):
        targets.change(TargetRequest(name="local", spec=DockerSpec()))


def test_that_a_target_is_added_changed_and_deleted(targets: TargetStore) -> None:
    spec = DockerSpec(image="python:3.12-slim", volumes=("/data:/data:ro",))
    assert targets.add(TargetRequest(name="docker", spec=spec, slots=Slots(cpus=3))).spec == spec
    with pytest.raises(Conflict, match="There is a target docker already"):
        targets.add(TargetRequest(name="docker", spec=spec))
    changed = targets.change(TargetRequest(name="docker", spec=DockerSpec(gpus=True), slots=Slots(cpus=1, gpus=1)))
    assert (changed.spec, changed.slots.gpus) == (DockerSpec(gpus=True), 1)
    assert [one.name for one in targets.list()] == ["local", "docker"]
    with pytest.raises(NotFound, match="no target 'doker'") as caught:
        targets.get("doker")
    assert caught.value.hint == "Did you mean docker?"
    targets.delete("docker")
    assert [one.name for one in targets.list()] == ["local"]


def test_that_a_password_is_kept_in_the_keyring_only(targets: TargetStore, workspace: Any) -> None:
    spec = SshSpec(address="box.invalid", host_key=KEY)
    made = targets.add(TargetRequest(name="box", spec=spec, password="open sesame"))
    assert targets.secret("box") == "open sesame"
    assert made.fingerprint.startswith("SHA256:")
    for path in workspace.paths.root.glob("workspace.db*"):
        assert b"open sesame" not in path.read_bytes()
    assert "sesame" not in made.model_dump_json()
    targets.delete("box")
    assert targets.secret("box") is None


def test_that_a_key_pair_is_made_for_a_machine_over_ssh_only(targets: TargetStore) -> None:
    spec = SshSpec(address="box.invalid", host_key=KEY)
    made = targets.add(TargetRequest(name="box", spec=spec, generate_key=True))
    assert isinstance(made.spec, SshSpec)
    assert made.spec.key_file.endswith("keys/box")
    assert made.public_key.startswith("ssh-ed25519 ")
    with pytest.raises(UserError, match="reached over SSH"):
        targets.add(TargetRequest(name="d", spec=DockerSpec(), generate_key=True))
    with pytest.raises(EnvironmentError_, match=r"127\.0\.0\.1:9 cannot be reached"):
        targets.add(TargetRequest(name="off", spec=SshSpec(address="127.0.0.1", port=9)))


def test_that_the_test_of_a_target_is_kept_until_its_settings_change(targets: TargetStore) -> None:
    tested = targets.test("local")
    assert [(link.name, link.state) for link in tested.links] == [(name, "ok") for name in ("disk", "uv", "git", "Python")]
    assert tested.tested is not None
    assert targets.get("local").links == tested.links
    assert targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=9))).links == tested.links
    targets.add(TargetRequest(name="docker", spec=DockerSpec(host="tcp://127.0.0.1:9")))
    failed = targets.test("docker")
    assert next(link for link in failed.links if link.state == "failed").message
    assert targets.change(TargetRequest(name="docker", spec=DockerSpec())).links == ()


def test_that_every_kind_of_target_has_a_chain(targets: TargetStore, workspace: Any) -> None:
    specs = [LocalSpec(), DockerSpec(host="tcp://127.0.0.1:9"), SshSpec(address="127.0.0.1", port=9, host_key=KEY), SparkSpec()]
    for spec in specs:
        links = list(chain_to(spec, None, workspace.paths.root))
        assert links
        assert all(isinstance(link, Link) and link.message for link in links)


def test_that_a_target_in_use_cannot_be_deleted_and_an_unknown_one_not_used(
    workspace: Any, request_for: Callable[..., JobRequest], project: Any
) -> None:
    (project.folder / "runconfig/away.toml").write_text('target = "spak"\n')
    with workspace.manager(started=False) as manager:
        manager.targets.add(TargetRequest(name="spark", spec=SparkSpec()))
        run = manager.submit(request_for("print(1)", target="spark"))
        assert (run.target, manager.get(run.id).target) == ("spark", "spark")
        assert manager.targets.get("spark").queued == 1
        with pytest.raises(Conflict, match="1 job waits or runs on spark"):
            manager.targets.delete("spark")
        manager.cancel(run.id)
        manager.targets.delete("spark")
        with pytest.raises(NotFound, match="no target 'spak'"):
            manager.submit(request_for("print(1)", config="away"))
        assert workspace.store.get(run.id).status is RunStatus.CANCELLED


def test_that_targets_of_this_machine_share_its_slots_unless_they_have_their_own(targets: TargetStore, workspace: Any) -> None:
    targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=4)))
    targets.add(TargetRequest(name="docker", spec=DockerSpec()))
    targets.add(TargetRequest(name="spark", spec=SparkSpec(), slots=Slots(cpus=2)))
    targets.add(TargetRequest(name="engine", spec=DockerSpec(host="tcp://elsewhere:2375")))
    with workspace.database.read() as connection:
        pools, paused = targets.pools(connection)
    assert pools["docker"] is pools["local"]
    assert pools["spark"].capacity.cpus == 2
    assert (pools["engine"].capacity.cpus, pools["engine"].most) == (0, workspace.settings.parallel_jobs)
    assert paused == set()
