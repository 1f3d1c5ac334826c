"""What the web app weighs, how soon it answers and what open pages cost, on a real lab.

Headless Chromium without a graphics card on this machine: read ratios. The sign-in page is
made by the gateway and has no script; `first_page_js_gz_kb` is what the page after it loads.
`home_interactive_ms` is from a click-free load of the first page, nothing in the browser's
cache, to the end of its long tasks. `runs_table_10k_scroll_fps` scrolls a table of 10,000
runs for two seconds. `idle_cpu_200_pages_pct` is the CPU of the lab and its nginx, in
percent of one core, while 200 pages wait for changes that do not come.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from mlflow.entities import Metric, Param
from playwright.sync_api import Browser, Page
from running_lab import RunningLab, running_lab
from web_runs import tracking

from browser import open_browser, visit
from mllab import Lab

ROUNDS = 5
PAGES = 200
IDLE_S = 20.0
SCROLL_MS = 2000
_WEIGHT = """() => performance.getEntriesByType("resource")
  .filter((each) => each.name.endsWith(".js"))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
# Interactive: the title stands there and the main thread is free.
_INTERACTIVE = """() => new Promise((done) => {
  const look = () => document.querySelector("h1") && !document.querySelector("main [role=status]")
    ? setTimeout(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""
_SCROLL = """(ms) => new Promise((done) => {
  const box = [...document.querySelectorAll("main *"), document.scrollingElement]
    .reduce((most, each) => each.scrollHeight - each.clientHeight >
      most.scrollHeight - most.clientHeight && (each === document.scrollingElement ||
      /auto|scroll/.test(getComputedStyle(each).overflowY)) ? each : most,
      document.scrollingElement);
  const began = performance.now();
  let frames = 0;
  const step = (now) => {
    frames += 1;
    box.scrollTop += 120;
    if (now - began < ms) requestAnimationFrame(step);
    else done([frames / (now - began) * 1000, box.scrollTop]);
  };
  requestAnimationFrame(step);
})"""


def weights(browser: Browser, lab: RunningLab) -> tuple[float, float]:
    """Return the compressed JavaScript of the sign-in page and of the first page, in kB."""
    with visit(browser, lab) as visitor:
        visitor.page.goto(f"{lab.url}/sign-in")
        before = visitor.page.evaluate(_WEIGHT)
        visitor.sign_in()
        visitor.open("/")
        visitor.page.evaluate(_INTERACTIVE)
        return before / 1000, visitor.page.evaluate(_WEIGHT) / 1000


def interactive_ms(browser: Browser, lab: RunningLab) -> list[float]:
    """Return how long the first page takes, each time in a browser that knows nothing."""
    found = []
    for _ in range(ROUNDS):
        with visit(browser, lab) as visitor:
            visitor.sign_in()
            session = visitor.page.context.new_cdp_session(visitor.page)
            session.send("Network.clearBrowserCache")
            visitor.page.goto(f"{lab.url}/app/", wait_until="commit")
            found.append(float(visitor.page.evaluate(_INTERACTIVE)))
    return found


def log_runs(lab: RunningLab, token: str, count: int) -> str:
    """Log runs with a parameter and two metrics each; return the experiment's id."""
    with tracking(lab.url, token, "bench") as client:
        experiment = str(client.create_experiment("many"))

        def log(number: int) -> None:
            run = client.create_run(experiment, run_name=f"run-{number}").info.run_id
            metrics = [Metric(key, number / count, 0, 0) for key in ("loss", "accuracy")]
            client.log_batch(run, metrics, [Param("number", str(number))])

        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(log, range(count)):
                pass
    return experiment


def scroll_fps(browser: Browser, lab: RunningLab, experiment: str) -> list[float]:
    """Return the frames a second while the table scrolls."""
    with visit(browser, lab) as visitor:
        visitor.sign_in()
        page = visitor.open(f"/projects/bench/experiments/{experiment}")
        page.get_by_text("run-", exact=False).first.wait_for()
        return [_scrolled(page) for _ in range(ROUNDS)]


def _scrolled(page: Page) -> float:
    rate, moved = page.evaluate(_SCROLL, SCROLL_MS)
    assert moved > 0, "the table did not scroll"
    return float(rate)


def cpu_s(lab: RunningLab) -> float:
    """Return the CPU seconds that the lab and its nginx have used."""
    times = [process.cpu_times() for process in lab.processes()]
    return sum(each.user + each.system for each in times)


async def idle_pct(lab: RunningLab, token: str) -> list[float]:
    """Return the CPU in percent of a core while many pages follow, less that without any."""
    alone = await _used_pct(lab)
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=None) as client:  # noqa: S113
        following = [asyncio.create_task(_follow(client, lab)) for _ in range(PAGES)]
        await asyncio.sleep(3)
        assert not any(task.done() for task in following), "a page's stream ended"
        found = await _used_pct(lab)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    print(f"without a page {alone:.2f} %, with {PAGES} pages {found:.2f} %")
    return [found]


async def _follow(client: httpx.AsyncClient, lab: RunningLab) -> None:
    async with client.stream("GET", f"{lab.url}/api/events") as answer:
        answer.raise_for_status()
        async for _ in answer.aiter_bytes():
            pass


async def _used_pct(lab: RunningLab) -> float:
    before, began = cpu_s(lab), time.monotonic()
    await asyncio.sleep(IDLE_S)
    return (cpu_s(lab) - before) / (time.monotonic() - began) * 100


def report(figures: dict[str, Sequence[float]]) -> None:
    """Print median, least and most of each figure, then the medians as JSON."""
    for name, values in figures.items():
        middle = statistics.median(values)
        print(f"{name:<26} {middle:>9.2f} {min(values):>9.2f} {max(values):>9.2f}")
    print(json.dumps({name: round(statistics.median(v), 2) for name, v in figures.items()}))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10_000)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder) / "data") as lab:
        token = lab.token()
        Lab(lab.url, token).projects.create("bench")
        idle = asyncio.run(idle_pct(lab, token))
        began = time.monotonic()
        experiment = log_runs(lab, token, count)
        print(f"{count} runs logged in {time.monotonic() - began:.0f} s")
        with open_browser() as browser:
            signin, first = weights(browser, lab)
            print(f"first_page_js_gz_kb {first:.1f}")
            report(
                {
                    "signin_js_gz_kb": [signin],
                    "home_interactive_ms": interactive_ms(browser, lab),
                    "runs_table_10k_scroll_fps": scroll_fps(browser, lab, experiment),
                    "idle_cpu_200_pages_pct": idle,
                }
            )


if __name__ == "__main__":
    main()
