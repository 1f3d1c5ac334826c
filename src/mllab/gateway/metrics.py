"""`GET /metrics`: the lab in numbers, as text for Prometheus.

For an admin's bearer token alone; everybody else gets the 404 of a page that is not there.
Made anew for each question, so that what was deleted is gone from it. The names of series
are a contract: dashboards and alarms of other people go by them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily as Count
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import HistogramMetricFamily as Histogram
from prometheus_client.core import InfoMetricFamily as Info
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mllab import __version__
from mllab.core.activity import Meter
from mllab.core.lab import LabCore
from mllab.core.permissions import Action
from mllab.errors import NotAllowed, NotFound, NotSignedIn
from mllab.gateway.access import Gatekeeper
from mllab.gateway.answers import fault
from mllab.gateway.nginx import strays
from mllab.gateway.sessions import core_of

_BOUNDS_MS = (1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000)


async def metrics(request: Request) -> Response:
    """Answer an admin's token with the numbers."""
    core, keeper = core_of(request), request.app.state.keeper
    if not await _may_read(core, keeper, request):
        return fault(request, NotFound("page"))
    text = await render(core)
    headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
    return Response(text, headers=headers)


async def _may_read(core: LabCore, keeper: Gatekeeper, request: Request) -> bool:
    credential = request.headers["x-lab-credential"]
    if not credential.startswith("a:") or request.headers["x-lab-method"] not in {"GET", "HEAD"}:
        return False
    try:
        await core.access.require(await keeper.caller(credential), Action.LAB_READ)
    except (NotSignedIn, NotAllowed):
        return False
    return True


async def render(core: LabCore) -> bytes:
    """Return all numbers as Prometheus's text."""
    connections = await asyncio.to_thread(count_connections, core.context.settings.run_dir)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    meters = core.activity.meters()
    found = [
        Info("lab", "The lab's version.", value={"version": __version__}),
        Gauge(
            "lab_gateway_connections", "Open connections of clients to nginx.", value=connections
        ),
        _components(await core.health()),
        await _workloads(core),
        *_used("service", ["project", "service"], [m for m in meters if m.subject.project]),
        *_used("workspace", ["user"], [m for m in meters if not m.subject.project]),
    ]
    registry.register(_Given(found))
    return generate_latest(registry)


class _Given:
    """A collector of what is there already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _components(health: dict[str, str]) -> Metric:
    family = Gauge("lab_component_up", "Whether a part of the lab works.", labels=["component"])
    for name, state in health.items():
        family.add_metric([name], float(state == "ok"))
    return family


async def _workloads(core: LabCore) -> Metric:
    text = "Workloads that run or shall run or end, by what they are and by state."
    family = Gauge("lab_workloads", text, labels=["kind", "state"])
    states = Counter((str(w.kind), str(w.state)) for w in await core.workloads.open_ones())
    for labels, count in sorted(states.items()):
        family.add_metric(labels, count)
    return family


def _used(kind: str, labels: list[str], meters: list[Meter]) -> Iterator[Metric]:
    """Yield what moved between people and workloads of one kind."""
    name, which = f"lab_{kind}", "that the gateway let through to it"
    requests = Count(f"{name}_requests", f"Requests {which}.", labels=[*labels, "code_class"])
    received = Count(f"{name}_received_bytes", f"Bytes of requests {which}.", labels=labels)
    sent = Count(f"{name}_sent_bytes", "Bytes of its answers.", labels=labels)
    latency = Histogram(f"{name}_request_seconds", "Time to its first byte.", labels=labels)
    active = Gauge(f"{name}_last_active_timestamp_seconds", "When last used.", labels=labels)
    for meter in meters:
        subject, tally = meter.subject, meter.since_start
        values = [subject.project, subject.name] if subject.project else [subject.name]
        for code_class, count in sorted(tally.classes.items()):
            requests.add_metric([*values, code_class], count)
        received.add_metric(values, tally.bytes_in)
        sent.add_metric(values, tally.bytes_out)
        buckets = [(str(bound / 1000), float(tally.within(bound))) for bound in _BOUNDS_MS]
        buckets.append(("+Inf", float(tally.latencies.total())))
        latency.add_metric(values, buckets, tally.latency_ms / 1000)
        active.add_metric(values, meter.last_active)
    yield from (requests, received, sent, latency, active)


def count_connections(run_dir: Path) -> int:
    """Return how many clients' connections the nginx of this run folder has open."""
    found: set[tuple[int, object]] = set()
    ports: set[int] = set()
    for process in strays.find(run_dir):
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:
            continue
        ports |= {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}
        open_ones = [c for c in connections if c.status == psutil.CONN_ESTABLISHED]
        found |= {(c.laddr.port, c.raddr) for c in open_ones}
    return sum(port in ports for port, _ in found)


routes = [Route("/_gateway/metrics", metrics)]
