"""Where things are: the workspace's folders and the files shipped with the program."""

import os
from dataclasses import dataclass
from pathlib import Path


def workbench_home() -> Path:
    """The workspace folder: `WORKBENCH_HOME`, or the user's data folder of this platform."""
    if home := os.environ.get("WORKBENCH_HOME"):
        return Path(home).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("workbench", appauthor=False))


def resources_dir() -> Path:
    """The shipped icons, styles, templates and samples: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_resources"
    return shipped if shipped.is_dir() else package.parent / "resources"


@dataclass(frozen=True)
class WorkspacePaths:
    """The layout of a workspace folder; nothing but the folder itself is created here."""

    root: Path

    @classmethod
    def default(cls) -> "WorkspacePaths":
        return cls(workbench_home())

    def make(self) -> None:
        """Makes the workspace folder where there is none, the user's alone: runs, logs and the queue lie in it. Raises OSError."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database(self) -> Path:
        return self.root / "workspace.db"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    def run(self, run_id: str) -> Path:
        return self.runs / run_id

    def shared(self, project_id: str) -> Path:
        """What the runs of one project keep for each other."""
        return self.root / "shared" / project_id

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def services(self) -> Path:
        return self.root / "services"

    @property
    def kernels(self) -> Path:
        return self.root / "kernels"

    @property
    def environments(self) -> Path:
        return self.root / "envs"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots.git"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def server_json(self) -> Path:
        return self.root / "server.json"

    @property
    def server_port(self) -> Path:
        """The port that the last server had."""
        return self.root / "server.port"

    @property
    def token_secret(self) -> Path:
        """What the tokens of runs are signed with."""
        return self.root / "token.secret"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"
