"""Files elsewhere: a real web server, a real S3 server, and the file system of fsspec's memory."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import DataSource
from workbench.dataprep.sources.opening import open_source
from workbench.dataprep.sources.remote import fetch, filesystem, store_secrets


class Web:
    """A web server over a folder, which counts what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        web = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

            def log_message(self, *arguments: object) -> None:
                pass

            def do_GET(self) -> None:
                web.asked.append(self.path)
                if self.path == "/secret.csv":
                    self.send_error(403)
                elif self.path == "/broken.csv":
                    self.send_error(500)
                else:
                    super().do_GET()

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "a.csv").write_text("a,b\n1,x\n2,y\n")
    made = Web(folder)
    yield made
    made.close()


def test_that_a_web_address_is_fetched_once_and_again_when_it_changed(web: Web, read: Reading) -> None:
    source = DataSource.create(f"{web.url}/a.csv", Path.cwd())
    assert (source.name, source.path) == ("a", f"{web.url}/a.csv")
    assert read(source).rows == [(1, "x"), (2, "y")]
    assert web.asked == ["/a.csv"]
    key = open_source(source.path, Path.cwd()).key
    (web.folder / "a.csv").write_text("a,b\n1,x\n2,y\n3,z\n")
    assert read(source).rows[-1] == (3, "z")
    assert web.asked == ["/a.csv", "/a.csv"]
    assert open_source(source.path, Path.cwd()).key != key


def test_that_packed_files_from_the_web_are_read(web: Web, read: Reading) -> None:
    import gzip

    (web.folder / "b.jsonl.gz").write_bytes(gzip.compress(b'{"a":1}\n{"a":2}\n'))
    assert read(f"{web.url}/b.jsonl.gz").rows == [(1,), (2,)]


def test_that_several_addresses_are_appended_with_their_paths(web: Web, read: Reading) -> None:
    (web.folder / "c.csv").write_text("b,a\nz,9\n")
    urls = [f"{web.url}/{name}" for name in ("a.csv", "c.csv")]
    found = read(DataSource.create(urls, Path.cwd(), path_column="Path"))
    assert found.rows == [(urls[0], 1, "x"), (urls[0], 2, "y"), (urls[1], 9, "z")]


def test_that_what_the_web_refuses_is_told_in_one_sentence(web: Web, read: Reading) -> None:
    with pytest.raises(NotFound, match=r"There is no file at http://.*nope\.csv"):
        read(f"{web.url}/nope.csv")
    (web.folder / "secret.csv").write_text("x")
    (web.folder / "broken.csv").write_text("x")
    with pytest.raises(UserError, match=r"does not let you read .*secret\.csv \(status 403\)"):
        fetch(f"{web.url}/secret.csv", {})
    with pytest.raises(EnvironmentError_, match="answered with status 500"):
        fetch(f"{web.url}/broken.csv", {})
    with pytest.raises(EnvironmentError_, match=r"http://127\.0\.0\.1:9/a\.csv cannot be reached"):
        read("http://127.0.0.1:9/a.csv")


def test_that_fetching_tells_its_progress_and_can_be_stopped(web: Web, store: Store, home: Path) -> None:
    (web.folder / "big.csv").write_text("a\n" + "1\n" * 3_000_000)
    told: list[tuple[float, str]] = []
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled):
        fetch(f"{web.url}/big.csv", {}, cancel=stop)
    assert not list((home / "cache").rglob("*.part"))
    path = fetch(f"{web.url}/big.csv", {}, progress=lambda share, what: told.append((share, what)))
    assert path.stat().st_size == 6_000_002
    assert told[-1] == (1.0, "Fetching big.csv (6.0 MB)")


def test_that_any_file_system_of_fsspec_serves_with_folders_and_patterns(read: Reading, home: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe({"/box/p2.csv": b"a\n2\n", "/box/p10.csv": b"a\n10\n", "/box/p1.csv": b"a\n1\n", "/box/x.txt": b"no table"})
    try:
        assert read("memory://box/p*.csv").rows == [(1,), (2,), (10,)]
        assert read("memory://box/").rows == [(1,), (2,), (10,)]
        assert read("memory://box/p2.csv").rows == [(2,)]
        with pytest.raises(NotFound, match="There is no file at memory://box/nope"):
            read("memory://box/nope.csv")
    finally:
        memory.rm("/box", recursive=True)


@pytest.mark.parametrize(("scheme", "extra"), [("gs", "gcs"), ("abfs", "azure"), ("az", "azure")])
def test_that_a_missing_driver_is_named_with_what_to_install(home: Path, scheme: str, extra: str) -> None:
    with pytest.raises(EnvironmentError_, match=rf"workbench\[{extra}\]"):
        filesystem(f"{scheme}://bucket/a.csv", {})
    with pytest.raises(UserError, match="is no address that can be read"):
        filesystem("nope://a/b", {})


def test_that_secret_options_are_refused_in_a_source(project: Path) -> None:
    with pytest.raises(UserError, match="The option secret of the storage is a secret"):
        DataSource.create("s3://bucket/a.csv", project, storage={"secret": "x"})


@pytest.fixture
def s3(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.mark.keeps_threads  # s3fs keeps its loop's thread for the whole process
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_that_s3_is_read_with_keys_from_the_keyring(s3: str, project: Path, read: Reading) -> None:
    import boto3

    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
    client.create_bucket(Bucket="box")
    client.put_object(Bucket="box", Key="in/p1.csv", Body=b"a\n1\n")
    client.put_object(Bucket="box", Key="in/p2.csv", Body=b"a\n2\n")
    store_secrets("s3://box/in/", {"key": "k", "secret": "s"})
    source = DataSource.create("s3://box/in/", project, storage={"endpoint_url": s3}, path_column="Path")
    assert "secret" not in source.to_text()
    assert read(source).rows == [("s3://box/in/p1.csv", 1), ("s3://box/in/p2.csv", 2)]
    with pytest.raises(NotFound, match="There is no file at s3://box/in/p3"):
        read(DataSource(name="x", path="s3://box/in/p3.csv", storage={"endpoint_url": s3}, spec=source.spec))
