"""Every page of the web app, as data: tests, pictures and whoever adds a page read this table.

A page that the router knows and this table does not fails `test_every_page.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect
from web_data import Seeded


@dataclass(frozen=True)
class WebPage:
    """One page, or one view of it: the route it shows, an address of it, its title."""

    name: str
    route: str
    path: str
    title: str
    empty: tuple[str, str] | None = None
    """An address at which there is nothing yet, and what the page says there."""
    asks: bool = True
    """Whether it asks the API for more than what the frame knows."""

    def at(self, seeded: Seeded) -> str:
        """Return the address in a seeded lab, below `/app`."""
        return _filled(self.path, seeded)


def _filled(path: str, seeded: Seeded) -> str:
    return path.format(
        experiment=seeded.experiment,
        run=seeded.runs[0],
        runs="%2C".join(seeded.runs[:3]),
        by_job=seeded.by_job,
    )


def _own(
    name: str,
    route: str,
    title: str,
    path: str = "",
    empty: str = "",
    asks: bool = True,
) -> WebPage:
    """Return a page of the project `wine`; `empty` is what the same says in `churn`."""
    return WebPage(
        name,
        f"/projects/$project{route}",
        f"/projects/wine{path or route}",
        title,
        (f"/projects/churn{route}", empty) if empty else None,
        asks,
    )


EXPERIMENT = "/experiments/$experiment"
PAGES = [
    WebPage("home", "/", "/", "Hello, Ann Lee"),
    # The frame's switcher may have asked for the same list already.
    WebPage("projects", "/projects", "/projects", "Projects", asks=False),
    WebPage("workspace", "/workspace", "/workspace", "Workspace"),
    WebPage("account", "/account", "/account", "Account"),
    WebPage("docs", "/docs", "/docs", "Documentation", asks=False),
    WebPage("about", "/about", "/about", "About"),
    WebPage("admin-users", "/admin/users", "/admin/users", "Users"),
    WebPage("admin-projects", "/admin/projects", "/admin/projects", "All projects"),
    WebPage("admin-workloads", "/admin/workloads", "/admin/workloads", "Workloads"),
    WebPage("admin-health", "/admin/health", "/admin/health", "Health"),
    WebPage("admin-settings", "/admin/settings", "/admin/settings", "Settings"),
    _own("project", "", "Which cultivar?", empty="First steps in this project"),
    _own("datasets", "/datasets", "Datasets", empty="A dataset is a file under a key"),
    _own("dataset", "/datasets/$", "wine.csv", "/datasets/wine.csv"),
    _own("dataset-use", "/datasets/$", "wine.csv", "/datasets/wine.csv?tab=use"),
    _own("dataset-used", "/datasets/$", "wine.csv", "/datasets/wine.csv?tab=used"),
    _own("dataset-unused", "/datasets/$", "notes.md", "/datasets/notes.md?tab=used"),
    _own("dataset-versions", "/datasets/$", "wine.csv", "/datasets/wine.csv?tab=versions"),
    _own("dataset-image", "/datasets/$", "images/label.png", "/datasets/images/label.png"),
    _own("dataset-notebook", "/datasets/$", "explore.ipynb", "/datasets/explore.ipynb"),
    _own("dataset-json", "/datasets/$", "cultivars.json", "/datasets/cultivars.json"),
    _own("dataset-text", "/datasets/$", "notes.md", "/datasets/notes.md"),
    _own("experiments", "/experiments", "Experiments"),
    _own("runs", EXPERIMENT, "search", "/experiments/{experiment}"),
    _own("run", f"{EXPERIMENT}/runs/$run", "trial-1", "/experiments/{experiment}/runs/{run}"),
    _own(
        "run-charts",
        f"{EXPERIMENT}/runs/$run",
        "trial-1",
        "/experiments/{experiment}/runs/{run}?tab=charts",
    ),
    _own(
        "run-artifacts",
        f"{EXPERIMENT}/runs/$run",
        "trial-1",
        "/experiments/{experiment}/runs/{run}?tab=artifacts&path=tables%2Fclasses.csv",
    ),
    _own("run-of-job", f"{EXPERIMENT}/runs/$run", "by-train", "/experiments/0/runs/{by_job}"),
    _own("run-log", f"{EXPERIMENT}/runs/$run", "by-train", "/experiments/0/runs/{by_job}?tab=log"),
    _own(
        "compare",
        f"{EXPERIMENT}/compare",
        "Compare runs",
        "/experiments/{experiment}/compare?runs={runs}",
    ),
    _own(
        "compare-charts",
        f"{EXPERIMENT}/compare",
        "Compare runs",
        "/experiments/{experiment}/compare?runs={runs}&tab=charts",
    ),
    _own("registry", "/registry", "Model registry"),
    _own("registered", "/registry/$name", "wine", "/registry/wine"),
    _own("models", "/models", "Models", empty="A model is a file under a key"),
    _own("model", "/models/$", "weights.bin", "/models/weights.bin"),
    _own("jobs", "/jobs", "Jobs", empty="A job is a command with its code"),
    _own("job", "/jobs/$job", "train", "/jobs/train"),
    _own("job-run", "/jobs/$job/runs/$number", "Run 1", "/jobs/train/runs/1"),
    _own("job-run-failed", "/jobs/$job/runs/$number", "Run 1", "/jobs/nightly/runs/1"),
    _own("job-run-going", "/jobs/$job/runs/$number", "Run 1", "/jobs/sweep/runs/1"),
    _own("services", "/services", "Services", empty="A service answers requests"),
    _own("service", "/services/$service", "hello", "/services/hello"),
    _own("service-logs", "/services/$service", "hello", "/services/hello?tab=logs"),
    _own("service-traffic", "/services/$service", "hello", "/services/hello?tab=traffic"),
    _own("service-try", "/services/$service", "wine-api", "/services/wine-api?tab=try"),
    _own("service-api", "/services/$service", "wine-api", "/services/wine-api?tab=api"),
    _own("service-keys", "/services/$service", "hello", "/services/hello?tab=keys"),
    _own("members", "/members", "Members"),
    _own("secrets", "/secrets", "Secrets", empty="No secrets yet"),
    _own("project-settings", "/settings", "Project settings", asks=False),
]


def routes(page: Page) -> set[str]:
    """Return the addresses that the app's own router leads to a page."""
    found: list[str] = page.evaluate(
        """Object.entries(__TSR_ROUTER__.routesByPath)
             .filter(([_, route]) => route.options.component && !route.children?.length)
             .map(([path]) => path.replace(/(.)\\/$/, "$1"))"""
    )
    return set(found)


def wait_until_shown(page: Page) -> None:
    """Wait until a page has its title and nothing on it is still loading."""
    page.locator("h1").first.wait_for()
    expect(page.get_by_role("main").get_by_role("status", name="Loading")).to_have_count(0)
