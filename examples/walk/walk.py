"""The walk by the Python client: from data to a served model, then everything is gone.

    LAB_ADMIN_PASSWORD=… python examples/walk/walk.py http://localhost:8080

Each step checks what it claims. `walk.sh` does the same by the command line.
"""

import os
import sys
import tempfile
from pathlib import Path

import cell
import data
import httpx

from mllab import Lab
from mllab.errors import NotFound
from mllab.model.accounts import Scope

HERE = Path(__file__).parent
PEOPLE = ("ann", "ben", "cy")
CELL = """
from mllab import Lab
with Lab().project("wine").datasets.open("wine.csv") as file:
    print(len(file.read().splitlines()), "lines")
"""


def step(text: str) -> None:
    """Say which step comes now."""
    print(f"\n== {text}", flush=True)


def sign_in(url: str, user: str, password: str) -> Lab:
    """Return a client that is signed in as `user`."""
    return Lab.sign_in(url, user, password)


def people(url: str) -> tuple[Lab, Lab, Lab, Lab]:
    """Let the admin create three people; return the four clients."""
    step("The admin creates ann, ben and cy")
    admin = sign_in(url, "admin", os.environ["LAB_ADMIN_PASSWORD"])
    for user in PEOPLE:
        admin.users.create(user, f"{user} has a password")
    ann, ben, cy = (sign_in(url, user, f"{user} has a password") for user in PEOPLE)
    return admin, ann, ben, cy


def datasets(ann: Lab, ben: Lab, folder: Path) -> Path:
    """Create the project, add a member, upload two versions; return the newest file."""
    step("ann creates a project, adds ben, and uploads two versions of the data")
    ann.projects.create("wine", title="Which cultivar?")
    wine = ann.project("wine")
    wine.members.put("ben", "editor")
    first, second = data.write(folder)
    one = wine.datasets.upload("wine.csv", first)
    two = wine.datasets.upload("wine.csv", second)
    assert (one.version, two.version) == (1, 2)
    for version, source in ((1, first), (2, second)):
        copy = ben.project("wine").datasets.download(
            "wine.csv", folder / "copy.csv", version=version
        )
        assert copy.read_bytes() == source.read_bytes()
    return second


def workspace(ann: Lab) -> None:
    """Start the workspace and run a cell that reads the dataset."""
    step("ann opens the workspace and a cell reads the dataset")
    ann.workspace().start()
    ann.workspace().wait()
    fine, text = cell.run_cell(ann.http.endpoint, "ann", ann.http.token, CELL)
    print(text, end="")
    assert fine
    assert "179 lines" in text


def jobs(ben: Lab) -> None:
    """Run a job that trains, and one that fails."""
    step("ben trains a model in a job and follows its log")
    wine = ben.project("wine")
    requirements = (HERE / "train" / "requirements.txt").read_text().split()
    run = wine.jobs.submit(
        "train", "python train.py", code=HERE / "train", requirements=requirements
    )
    for text in wine.jobs.logs("train", run.number, follow=True):
        print(text, end="", flush=True)
    done = wine.jobs.wait("train", run.number)
    assert (done.status.state, done.status.exit_code) == ("succeeded", 0)
    failing = wine.jobs.submit("failing", "echo no luck; exit 3")
    done = wine.jobs.wait("failing", failing.number)
    assert (done.status.state, done.status.exit_code) == ("failed", 3)


def tracked(ann: Lab) -> None:
    """See the run and the registered model."""
    step("ann sees the run, its metrics and the registered model")
    wine = ann.project("wine")
    (run,) = wine.experiments.runs("wine", filter="metrics.accuracy > 0.9")
    print(run.name, run.params, {key: metric.value for key, metric in run.metrics.items()})
    assert [each.version for each in wine.registry.versions("wine")] == ["1"]


def served(ann: Lab, cy: Lab, newest: Path) -> None:
    """Deploy the model and call it with a service token; strangers learn nothing."""
    step("ann deploys the model; a service token opens it and nothing else")
    wine = ann.project("wine")
    service = wine.services.deploy("wine-api", model="wine", version="1")
    wine.services.wait("wine-api")
    key = ann.tokens.create("caller", scope=Scope(project="wine", service="wine-api")).secret
    url = f"{ann.http.endpoint}{service.path}invocations"
    names, rows, classes = data.sample(newest)
    body = {"dataframe_split": {"columns": names, "data": rows}}
    answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60)
    print(answer.json())
    assert answer.json()["predictions"] == classes
    assert httpx.post(url, json=body).status_code == 401
    stranger = {"Authorization": f"Bearer {cy.http.token}"}
    assert httpx.post(url, json=body, headers=stranger).status_code == 404


def gone(admin: Lab, ann: Lab) -> None:
    """Delete everything; nothing is left."""
    step("Everything is stopped and deleted")
    ann.workspace().stop()
    ann.projects.delete("wine")
    try:
        ann.projects.get("wine")
    except NotFound as exc:
        print(exc.message)
    for user in PEOPLE:
        admin.users.delete(user)
    admin.sign_out()


def main() -> None:
    """Walk."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        admin, ann, ben, cy = people(url)
        newest = datasets(ann, ben, folder)
        workspace(ann)
        jobs(ben)
        tracked(ann)
        served(ann, cy, newest)
        gone(admin, ann)
    print("\nDone.")


if __name__ == "__main__":
    main()
