"""Serves one MLflow model on a Unix socket; run by the interpreter of the model's environment.

The same application as `mlflow models serve` (/ping /health /version /invocations), in one
process and without its start of a second server.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Fetch the model named by the first argument and serve it on the second."""
    uri, socket = sys.argv[1:]
    # From the model's environment, not the lab's: found when this runs, not before.
    import mlflow.artifacts
    import mlflow.pyfunc
    import uvicorn
    from mlflow.pyfunc import scoring_server

    print(f"[lab] fetching {uri}", flush=True)  # noqa: T201 - the log is where people look
    path = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path="model")
    model = mlflow.pyfunc.load_model(path)
    print("[lab] serving", flush=True)  # noqa: T201
    uvicorn.run(scoring_server.init(model), uds=socket, access_log=False)


if __name__ == "__main__":
    main()
