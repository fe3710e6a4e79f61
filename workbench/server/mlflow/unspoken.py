"""The calls of MLflow's that this server does not speak, by name: they answer 501, and the documentation lists them."""

import re

GROUPS: dict[str, tuple[str, ...]] = {
    "Traces": ("traces", "unified-traces", "get-online-trace-details", "get-trace-artifact"),
    "Evaluation datasets": ("datasets",),
    "Scorers": ("scorers",),
    "Labelling and review": ("label-schemas", "review-queues", "issues"),
    "Gateway": ("gateway", "gateway-proxy", "runs/create-promptlab-run"),
    "Prompt optimization": ("prompt-optimization",),
    "Webhooks": ("webhooks",),
    "Workspaces": ("workspaces",),
    "Users and permissions": ("users", "permissions", "experiments/permissions", "registered-models/permissions"),
    "Presigned artifact addresses": ("artifacts/presigned-upload-url", "artifacts/presigned-download-url"),
    "Jobs of the server": ("jobs",),
    "Server features": ("server-features", "ui-telemetry", "graphql"),
}
"""What a group is called, and the paths (below `/api/<version>/mlflow/`) with which its calls begin."""


def group_of(path: str) -> str:
    """The group that an unspoken call belongs to; empty for one that MLflow does not have either."""
    for name, beginnings in GROUPS.items():
        if any(re.match(rf"{re.escape(beginning)}(/|$)", path) for beginning in beginnings):
            return name
    return ""
