"""Every collection of documents with the field lists that questions go by.

The one place to look for what the lab keeps. Ids, where not random:
members `project/user` · secrets `project/name` · files `project/kind/key` ·
versions `project/kind/key/v0000000001` · jobs and services `project/name` ·
job_runs `project/job/0000000001` · tokens: sha256 of the secret · apps: the label ·
activity: the workload's id · service_keys: the public id ·
experiments, runs and logged_models `project/id` · metrics `project/run/key's hash/content's
hash` · names `project/kind/name's hash` · registered_models `project/random` ·
model_versions `project/registered model/0000000001` · uses `project/file's hash/version/
how/run or workload` · workload_runs `project/workload/start in milliseconds/run`.
"""

from __future__ import annotations

from mllab.stores.documents.base import Indexes

COLLECTIONS: Indexes = {
    "lab": [],
    "leases": [],
    "users": [],
    "tokens": [
        ["user", "created_at"],
        ["id_"],
        ["scope.workload"],
        ["scope.project"],
        ["expires_at"],
    ],
    "apps": [],
    "attempts": [["ends_at"]],
    "projects": [["state"]],
    "members": [["project"], ["user"]],
    "secrets": [["project"]],
    "files": [["project", "kind"]],
    "versions": [["project", "kind", "key"], ["object"], ["project", "created_at"]],
    "uploads": [["started_at"], ["project"]],
    "resumable": [["project", "user"], ["expires_at"]],
    "code": [["project"], ["used_at"], ["object"]],
    "activity": [],
    "workloads": [
        ["open"],
        ["project"],
        ["user"],
        ["project", "kind", "state"],
        ["project", "finished_at"],
    ],
    "jobs": [["project"], ["project", "spec.code.key"]],
    "job_runs": [["project", "job"], ["workload"]],
    "services": [["project"], ["project", "spec.code.key"], ["project", "spec.model.name"]],
    "service_keys": [["workload", "created_at"], ["project"]],
    "workspaces": [],
    "experiments": [["project", "name"]],
    "runs": [["project", "experiment", "lifecycle", "started_at"], ["project", "ended_at"]],
    "metrics": [["run", "key"]],
    "logged_models": [["project", "experiment"]],
    "registered_models": [["project"]],
    "model_versions": [["project", "model"], ["project", "run_id"]],
    "uses": [["project", "kind", "key", "at"]],
    "workload_runs": [],
    "names": [],
}
