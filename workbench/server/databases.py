"""Which database a workspace uses."""

from pathlib import Path

from workbench.base.masking import stored_name
from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.base.settings import Settings

PASSWORD_SECRET = "database_password"  # noqa: S105 (its name)


def database_place(paths: WorkspacePaths, settings: Settings) -> Path | str:
    """The workspace's file, or the URL of the settings, with the password that `workbench secret set` was given."""
    if not settings.database_url:
        return paths.database
    password = SecretStore(paths.root).get(stored_name(PASSWORD_SECRET))
    if password is None:
        return settings.database_url
    import sqlalchemy as sa

    try:
        return sa.make_url(settings.database_url).set(password=password).render_as_string(hide_password=False)
    except sa.exc.ArgumentError:
        return settings.database_url  # the database says what is wrong with it
