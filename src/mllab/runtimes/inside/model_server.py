"""Serves one MLflow model; run by the interpreter of the model's environment.

The same application as `mlflow models serve` (/ping /health /version /invocations), in one
process and without its start of a second server.
"""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Fetch the model named by the first argument and serve it on the second."""
    uri, address = sys.argv[1:]
    # From the model's environment, not the lab's: found when this runs, not before.
    import mlflow.artifacts
    import mlflow.pyfunc
    import uvicorn
    from mlflow.pyfunc import scoring_server

    print(f"[lab] fetching {uri}", flush=True)  # noqa: T201 - the log is where people look
    path = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path="model")
    model = mlflow.pyfunc.load_model(path)
    print("[lab] serving", flush=True)  # noqa: T201
    host, _, port = address.rpartition(":")
    place: dict[str, Any] = {"uds": port} if host == "unix" else {"host": host, "port": int(port)}
    uvicorn.run(scoring_server.init(model), access_log=False, **place)


if __name__ == "__main__":
    main()
