"""A row for every route of the API: what it needs, and a request that gets as far as the rule.

Whoever adds a route adds a row; `tests/api/test_permissions.py` fails until it is there.
A row is `METHOD path permission`, `public` with the status that a stranger's call gives.
`REQUESTS` holds what a route needs to get past the validation of its input; without an
entry it is called with an empty JSON object, or nothing for GET, HEAD and DELETE.
"""

from __future__ import annotations

from typing import Any

ROWS = """
GET    /health                                                                      public 200
GET    /ready                                                                       public 200
POST   /auth/login                                                                  public 401
POST   /auth/token                                                                  public 401
POST   /auth/setup                                                                  public 401
POST   /auth/register                                                               public 403
POST   /auth/logout                                                                 me.read
GET    /auth/me                                                                     me.read
GET    /events                                                                      events.read
GET    /users                                                                       user.list
POST   /users                                                                       user.create
GET    /users/{user}                                                                user.read
PATCH  /users/{user}                                                                user.update
DELETE /users/{user}                                                                user.administer
GET    /tokens                                                                      token.read
POST   /tokens                                                                      token.write
DELETE /tokens/{token}                                                              token.write
GET    /projects                                                                    project.list
POST   /projects                                                                    project.create
GET    /projects/{project}                                                          project.read
GET    /projects/{project}/overview                                                 project.read
GET    /search                                                                      project.list
GET    /admin/projects                                                              project.list-all
GET    /admin/workloads                                                             lab.read
GET    /admin/settings                                                              lab.read
GET    /admin/orphans                                                               lab.read
POST   /admin/orphans/remove                                                        lab.administer
GET    /about                                                                       lab.about
GET    /home                                                                        project.list
PATCH  /projects/{project}                                                          project.update
DELETE /projects/{project}                                                          project.delete
GET    /projects/{project}/members                                                  member.read
PUT    /projects/{project}/members/{user}                                           member.write
DELETE /projects/{project}/members/{user}                                           member.write
GET    /projects/{project}/secrets                                                  secret.read
PUT    /projects/{project}/secrets/{name}                                           secret.write
DELETE /projects/{project}/secrets/{name}                                           secret.write
GET    /projects/{project}/{kind:filekind}                                          file.read
GET    /projects/{project}/{kind:filekind}/{key:filekey}/versions                   file.read
GET    /projects/{project}/{kind:filekind}/{key:filekey}/versions/{version:version} file.read
GET    /projects/{project}/{kind:filekind}/{key:filekey}                            file.read
GET    /projects/{project}/{kind:filekind}/{key:filekey}/preview                    file.read
GET    /projects/{project}/{kind:filekind}/{key:filekey}/uses                       file.read
HEAD   /projects/{project}/{kind:filekind}/{key:filekey}                            file.read
PUT    /projects/{project}/{kind:filekind}/{key:filekey}                            file.write
PATCH  /projects/{project}/{kind:filekind}/{key:filekey}                            file.write
DELETE /projects/{project}/{kind:filekind}/{key:filekey}                            file.write
OPTIONS /projects/{project}/uploads                                                 public 204
OPTIONS /projects/{project}/uploads/{upload}                                        public 204
GET    /projects/{project}/uploads                                                  file.write
POST   /projects/{project}/uploads                                                  file.write
GET    /projects/{project}/uploads/{upload}                                         file.write
HEAD   /projects/{project}/uploads/{upload}                                         file.write
PATCH  /projects/{project}/uploads/{upload}                                         file.write
POST   /projects/{project}/uploads/{upload}                                         file.write
DELETE /projects/{project}/uploads/{upload}                                         file.write
POST   /projects/{project}/code                                                     job.write
GET    /projects/{project}/code/{id}                                                job.read
GET    /projects/{project}/jobs                                                     job.read
POST   /projects/{project}/jobs                                                     job.write
GET    /projects/{project}/jobs/{job}                                               job.read
PUT    /projects/{project}/jobs/{job}                                               job.write
DELETE /projects/{project}/jobs/{job}                                               job.write
GET    /projects/{project}/jobs/{job}/runs                                          job.read
POST   /projects/{project}/jobs/{job}/runs                                          job.write
GET    /projects/{project}/jobs/{job}/runs/{number}                                 job.read
POST   /projects/{project}/jobs/{job}/runs/{number}/stop                            job.write
DELETE /projects/{project}/jobs/{job}/runs/{number}                                 job.write
GET    /projects/{project}/jobs/{job}/runs/{number}/logged                          job.read
GET    /projects/{project}/jobs/{job}/runs/{number}/usage                           job.read
GET    /projects/{project}/jobs/{job}/runs/{number}/logs                            job.read
GET    /projects/{project}/jobs/{job}/runs/{number}/logs/lines                      job.read
GET    /projects/{project}/jobs/{job}/runs/{number}/logs/search                     job.read
GET    /projects/{project}/services                                                 service.read
POST   /projects/{project}/services                                                 service.write
GET    /projects/{project}/services/{service}                                       service.read
PUT    /projects/{project}/services/{service}                                       service.write
DELETE /projects/{project}/services/{service}                                       service.write
POST   /projects/{project}/services/{service}/call                                  service.use
GET    /projects/{project}/services/{service}/keys                                  key.read
POST   /projects/{project}/services/{service}/keys                                  key.write
POST   /projects/{project}/services/{service}/keys/{service_key}/rotate             key.write
DELETE /projects/{project}/services/{service}/keys/{service_key}                    key.write
POST   /projects/{project}/services/{service}/start                                 service.write
POST   /projects/{project}/services/{service}/stop                                  service.write
POST   /projects/{project}/services/{service}/restart                               service.write
GET    /projects/{project}/services/{service}/activity                              service.read
GET    /projects/{project}/services/{service}/usage                                 service.read
GET    /projects/{project}/services/{service}/logs                                  service.read
GET    /projects/{project}/services/{service}/logs/lines                            service.read
GET    /projects/{project}/services/{service}/logs/search                           service.read
GET    /workspaces/{user}                                                           workspace.read
PUT    /workspaces/{user}                                                           workspace.write
POST   /workspaces/{user}/start                                                     workspace.write
POST   /workspaces/{user}/stop                                                      workspace.write
POST   /workspaces/{user}/restart                                                   workspace.write
POST   /workspaces/{user}/reset                                                     workspace.write
GET    /workspaces/{user}/activity                                                  workspace.read
GET    /workspaces/{user}/usage                                                     workspace.read
GET    /workspaces/{user}/logs                                                      workspace.read
GET    /workspaces/{user}/logs/lines                                                workspace.read
GET    /workspaces/{user}/logs/search                                               workspace.read
GET    /projects/{project}/experiments                                              experiment.read
POST   /projects/{project}/experiments                                              experiment.write
GET    /projects/{project}/experiments/{experiment}                                 experiment.read
DELETE /projects/{project}/experiments/{experiment}                                 experiment.write
POST   /projects/{project}/experiments/{experiment}/restore                         experiment.write
GET    /projects/{project}/experiments/{experiment}/runs                            experiment.read
PATCH  /projects/{project}/experiments/{experiment}                                 experiment.write
PATCH  /projects/{project}/runs/{run}                                               experiment.write
GET    /projects/{project}/runs                                                     experiment.read
GET    /projects/{project}/runs/columns                                             experiment.read
GET    /projects/{project}/runs/compare                                             experiment.read
POST   /projects/{project}/runs/series                                              experiment.read
POST   /projects/{project}/runs/delete                                              experiment.write
POST   /projects/{project}/runs/restore                                             experiment.write
POST   /projects/{project}/runs/tags                                                experiment.write
GET    /projects/{project}/mlflow/                                                  public 302
GET    /projects/{project}/runs/{run}                                               experiment.read
DELETE /projects/{project}/runs/{run}                                               experiment.write
POST   /projects/{project}/runs/{run}/restore                                       experiment.write
GET    /projects/{project}/runs/{run}/metrics/{key:path}                            experiment.read
GET    /projects/{project}/runs/{run}/artifacts                                     experiment.read
GET    /projects/{project}/runs/{run}/preview                                       experiment.read
GET    /projects/{project}/runs/{run}/artifacts/{path:path}                         experiment.read
GET    /projects/{project}/registry                                                 experiment.read
GET    /projects/{project}/registry/{name}                                          experiment.read
PATCH  /projects/{project}/registry/{name}                                          experiment.write
GET    /projects/{project}/registry/{name}/uses                                     experiment.read
DELETE /projects/{project}/registry/{name}                                          experiment.write
PUT    /projects/{project}/registry/{name}/aliases/{alias}                          experiment.write
DELETE /projects/{project}/registry/{name}/aliases/{alias}                          experiment.write
GET    /projects/{project}/registry/{name}/versions                                 experiment.read
GET    /projects/{project}/registry/{name}/versions/{version}                       experiment.read
PATCH  /projects/{project}/registry/{name}/versions/{version}                       experiment.write
DELETE /projects/{project}/registry/{name}/versions/{version}                       experiment.write
GET    /projects/{project}/registry/{name}/versions/{version}/artifacts             experiment.read
GET    /projects/{project}/registry/{name}/versions/{version}/preview               experiment.read
GET    /projects/{project}/registry/{name}/versions/{version}/artifacts/{path:path} experiment.read
DELETE /projects/{project}/mlflow/{path:path}                                       experiment.read
GET    /projects/{project}/mlflow/{path:path}                                       experiment.read
PATCH  /projects/{project}/mlflow/{path:path}                                       experiment.read
POST   /projects/{project}/mlflow/{path:path}                                       experiment.read
PUT    /projects/{project}/mlflow/{path:path}                                       experiment.read
"""

MLFLOW_ROWS = """
POST   /mlflow/experiments/create                             experiment.write
GET    /mlflow/experiments/get                                experiment.read
GET    /mlflow/experiments/get-by-name                        experiment.read
POST   /mlflow/experiments/search                             experiment.read
GET    /mlflow/experiments/search                             experiment.read
POST   /mlflow/experiments/update                             experiment.write
POST   /mlflow/experiments/delete                             experiment.write
POST   /mlflow/experiments/restore                            experiment.write
POST   /mlflow/experiments/set-experiment-tag                 experiment.write
POST   /mlflow/experiments/delete-experiment-tag              experiment.write
POST   /mlflow/runs/create                                    experiment.write
GET    /mlflow/runs/get                                       experiment.read
POST   /mlflow/runs/update                                    experiment.write
POST   /mlflow/runs/delete                                    experiment.write
POST   /mlflow/runs/restore                                   experiment.write
POST   /mlflow/runs/search                                    experiment.read
POST   /mlflow/runs/log-metric                                experiment.write
POST   /mlflow/runs/log-parameter                             experiment.write
POST   /mlflow/runs/set-tag                                   experiment.write
POST   /mlflow/runs/delete-tag                                experiment.write
POST   /mlflow/runs/log-batch                                 experiment.write
POST   /mlflow/runs/log-inputs                                experiment.write
POST   /mlflow/runs/outputs                                   experiment.write
GET    /mlflow/metrics/get-history                            experiment.read
GET    /mlflow/metrics/get-history-bulk-interval              experiment.read
GET    /mlflow/artifacts/list                                 experiment.read
POST   /mlflow/logged-models                                  experiment.write
POST   /mlflow/logged-models/search                           experiment.read
POST   /mlflow/runs/log-model                                 experiment.write
POST   /mlflow/registered-models/create                       experiment.write
GET    /mlflow/registered-models/get                          experiment.read
GET    /mlflow/registered-models/search                       experiment.read
POST   /mlflow/registered-models/rename                       experiment.write
PATCH  /mlflow/registered-models/update                       experiment.write
DELETE /mlflow/registered-models/delete                       experiment.write
POST   /mlflow/registered-models/get-latest-versions          experiment.read
GET    /mlflow/registered-models/get-latest-versions          experiment.read
POST   /mlflow/registered-models/set-tag                      experiment.write
DELETE /mlflow/registered-models/delete-tag                   experiment.write
POST   /mlflow/registered-models/alias                        experiment.write
DELETE /mlflow/registered-models/alias                        experiment.write
GET    /mlflow/registered-models/alias                        experiment.read
POST   /mlflow/model-versions/create                          experiment.write
GET    /mlflow/model-versions/get                             experiment.read
GET    /mlflow/model-versions/search                          experiment.read
GET    /mlflow/model-versions/get-download-uri                experiment.read
PATCH  /mlflow/model-versions/update                          experiment.write
POST   /mlflow/model-versions/transition-stage                experiment.write
DELETE /mlflow/model-versions/delete                          experiment.write
POST   /mlflow/model-versions/set-tag                         experiment.write
DELETE /mlflow/model-versions/delete-tag                      experiment.write
GET    /mlflow-artifacts/artifacts                            experiment.read
GET    /mlflow-artifacts/artifacts/{path:path}                experiment.read
PUT    /mlflow-artifacts/artifacts/{path:path}                experiment.write
DELETE /mlflow-artifacts/artifacts/{path:path}                experiment.write
POST   /mlflow-artifacts/mpu/{step}/{path:path}               experiment.write
GET    /mlflow-artifacts/presigned/{path:path}                experiment.read
GET    /mlflow/logged-models/{model_id}                       experiment.read
PATCH  /mlflow/logged-models/{model_id}                       experiment.write
DELETE /mlflow/logged-models/{model_id}                       experiment.write
PATCH  /mlflow/logged-models/{model_id}/tags                  experiment.write
DELETE /mlflow/logged-models/{model_id}/tags/{key:path}       experiment.write
POST   /mlflow/logged-models/{model_id}/params                experiment.write
GET    /mlflow/logged-models/{model_id}/artifacts/directories experiment.read
"""
"""Rows of MLflow's protocol, below `MLFLOW`."""

MLFLOW = "/projects/{project}/mlflow/api/2.0"

TUS = {"Tus-Resumable": "1.0.0"}
TUS_PIECE = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

REQUESTS: dict[str, dict[str, Any]] = {
    "GET /search": {"params": {"q": "x"}},
    "GET /workspaces/{user}/logs/search": {"params": {"q": "x"}},
    "GET /projects/{project}/services/{service}/logs/search": {"params": {"q": "x"}},
    "GET /projects/{project}/jobs/{job}/runs/{number}/logs/search": {"params": {"q": "x"}},
    "GET /events": {"params": {"most_s": 0}},
    "POST /auth/login": {"json": {"username": "x", "password": "x"}},
    "POST /auth/token": {"json": {"username": "x", "password": "x"}},
    "POST /auth/setup": {"json": {"secret": "x", "password": "long enough"}},
    "POST /auth/register": {"json": {"name": "x", "password": "long enough"}},
    "POST /users": {"json": {"name": "new", "password": "long enough"}},
    "POST /admin/orphans/remove": {"json": {"ids": []}},
    "POST /projects": {"json": {"name": "new"}},
    "PUT /projects/{project}/members/{user}": {"json": {"role": "viewer"}},
    "PUT /projects/{project}/secrets/{name}": {"json": {"value": "x"}},
    "POST /projects/{project}/code": {
        "content": b"print()",
        "headers": {"X-Lab-File-Name": "train.py"},
    },
    "POST /projects/{project}/uploads": {
        "headers": TUS | {"Upload-Length": "5", "Upload-Metadata": "filename bmV3cy5jc3Y="}
    },
    "PATCH /projects/{project}/uploads/{upload}": {"headers": TUS_PIECE, "content": b"x"},
    "POST /projects/{project}/uploads/{upload}": {
        "headers": TUS_PIECE | {"X-HTTP-Method-Override": "PATCH"},
        "content": b"x",
    },
    "POST /projects/{project}/experiments": {"json": {"name": "first"}},
    "PATCH /projects/{project}/experiments/{experiment}": {"json": {"note": "x"}},
    "PATCH /projects/{project}/runs/{run}": {"json": {"note": "x"}},
    "GET /projects/{project}/runs/compare": {"params": {"run": "x"}},
    "GET /projects/{project}/runs/{run}/preview": {"params": {"path": "x"}},
    "GET /projects/{project}/registry/{name}/versions/{version}/preview": {"params": {"path": "x"}},
    "POST /projects/{project}/runs/series": {"json": {"series": [{"run": "x", "key": "loss"}]}},
    "POST /projects/{project}/runs/delete": {"json": {"runs": ["x"]}},
    "POST /projects/{project}/runs/restore": {"json": {"runs": ["x"]}},
    "POST /projects/{project}/runs/tags": {"json": {"runs": ["x"], "tags": {"a": "b"}}},
    "PUT /projects/{project}/registry/{name}/aliases/{alias}": {"json": {"version": "1"}},
    f"POST {MLFLOW}/mlflow/runs/log-metric": {
        "json": {"run_id": "x", "key": "loss", "value": 1, "timestamp": 1}
    },
    f"GET {MLFLOW}/mlflow/metrics/get-history-bulk-interval": {
        "params": {"run_ids": "x", "metric_key": "loss"}
    },
    f"POST {MLFLOW}/mlflow/registered-models/alias": {
        "json": {"name": "web", "alias": "best", "version": "1"}
    },
    "POST /projects/{project}/jobs": {"json": {"name": "train", "spec": {"command": "x"}}},
    "PUT /projects/{project}/jobs/{job}": {"json": {"command": "x"}},
    "POST /projects/{project}/services": {"json": {"name": "web", "spec": {"command": "x"}}},
    "PUT /projects/{project}/services/{service}": {"json": {"command": "x"}},
}

PARAMETERS = {
    "project": "alpha",
    "token": "tok_" + "0" * 20,
    "name": "web",
    "job": "train",
    "number": "1",
    "service": "web",
    "service_key": "key_" + "0" * 20,
    "key": "news.csv",
    "kind": "datasets",
    "version": "1",
    "experiment": "1",
    "run": "0" * 32,
    "model_id": "m-" + "0" * 32,
    "path": "a/b",
    "step": "create",
    "alias": "best",
    "id": "code_" + "0" * 20,
    "upload": "upload_" + "0" * 20,
}
"""What stands for a path's parameters, but for `{user}`."""

USER, MEMBER = "bob", "gina"
"""Whom a route outside of projects is about (an editor of `alpha`, among the callers), and
whom one within (a viewer in it, not among the callers)."""

ENDS_ITS_PROJECT = {"DELETE /projects/{project}"}
"""Routes after which the next caller finds nothing: each gets a lab of its own."""
