"""The history of the database's schema, run by `workbench.runs.database` when it opens a workspace."""
