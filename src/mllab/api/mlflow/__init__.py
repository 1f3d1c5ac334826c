"""MLflow's REST protocol under `/api/projects/{project}/mlflow`."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/projects/{project}/mlflow", tags=["mlflow"])
