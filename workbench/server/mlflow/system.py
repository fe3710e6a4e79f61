"""What clients ask of the server before they use what not every server has."""

from typing import Any

from workbench.server.mlflow.calls import Call, spoken


@spoken("GET server-info")
def server_info(call: Call) -> dict[str, Any]:  # noqa: ARG001 (it is the same for everybody)
    """Files come through the server in one piece, and there is one workspace."""
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": False,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": False,
        "multipart_downloads_enabled": False,
        "presigned_upload_run_id_supported": False,
        "presigned_upload_model_id_supported": False,
        "features_enabled": {"gateway": False},
    }
