"""Which range a new network takes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mllab.runtimes.docker import networks
from mllab.runtimes.docker.networks import free_range, routed

POOL = IPv4Network("10.176.0.0/12")


def inside(pool: IPv4Network, prefix: int) -> st.SearchStrategy[IPv4Network]:
    """Return ranges of `prefix` bits in a pool."""
    return st.sampled_from(list(pool.subnets(new_prefix=prefix)))


def anywhere() -> st.SearchStrategy[IPv4Network]:
    """Return ranges of any size, most of them near the pool or around it."""
    near = st.integers(int(POOL.network_address) - 2**20, int(POOL.broadcast_address) + 2**20)
    addresses = near | st.integers(0, 2**32 - 1)
    pairs = st.tuples(addresses, st.integers(1, 32))
    return pairs.map(lambda pair: IPv4Network((IPv4Address(pair[0]), pair[1]), strict=False))


@given(st.lists(anywhere(), max_size=40), st.integers(12, 28))
def test_a_range_is_in_the_pool_and_overlaps_nothing(taken: list[IPv4Network], prefix: int) -> None:
    found = free_range(POOL, prefix, taken)
    if found is not None:
        assert found.prefixlen == prefix
        assert found.subnet_of(POOL)
        assert not any(found.overlaps(each) for each in taken)


SMALL = IPv4Network("10.0.0.0/26")


@given(st.sets(inside(SMALL, 30)), st.integers(26, 30))
def test_there_is_none_only_when_each_overlaps_something(
    taken: set[IPv4Network], prefix: int
) -> None:
    free = [
        each
        for each in SMALL.subnets(new_prefix=prefix)
        if not any(each.overlaps(other) for other in taken)
    ]
    assert free_range(SMALL, prefix, taken) == (free[0] if free else None)


@given(st.integers(0, 15))
def test_all_of_a_pool_is_used_and_what_is_freed_is_used_again(freed: int) -> None:
    taken: list[IPv4Network] = []
    while (found := free_range(SMALL, 30, taken)) is not None:
        taken.append(found)
    assert len(set(taken)) == 16
    again = taken.pop(freed)
    assert free_range(SMALL, 30, taken) == again


def test_the_usual_pool_is_enough_for_a_thousand_projects() -> None:
    taken: list[IPv4Network] = []
    for _ in range(1000):
        found = free_range(POOL, 24, taken)
        assert found is not None
        taken.append(found)
    assert len(set(taken)) == 1000


@pytest.mark.parametrize("prefix", [8, 11])
def test_a_pool_smaller_than_one_range_gives_none(prefix: int) -> None:
    assert free_range(POOL, prefix, []) is None


HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        (["eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0"], []),
        (["eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0"], ["172.17.0.0/16"]),
        (
            [
                "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                "tun0\t0000B00A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0",
                "tun0\t0501A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
            ],
            ["10.176.0.0/20", "192.168.1.5/32"],
        ),
    ],
)
def test_what_the_machine_routes(
    lines: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = tmp_path / "route"
    routes.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(networks, "_ROUTES", (routes, tmp_path / "none"))
    assert [str(each) for each in routed()] == expected


def test_this_machines_routes_are_left_out() -> None:
    for each in routed():
        assert free_range(each, each.prefixlen, routed()) is None
