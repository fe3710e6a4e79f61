"""Alembic's entry: runs the migrations on the connection that `Database` hands over."""

from alembic import context

from workbench.runs.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds the whole upgrade
)
context.run_migrations()
