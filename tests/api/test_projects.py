"""Projects over the API: who creates, sees, changes and deletes them."""

from __future__ import annotations

from people import Api, LiveLab


async def test_a_creator_owns_the_project(api: Api) -> None:
    answer = await api("charlie").post("/api/projects", json={"name": "beta"})
    assert answer.status_code == 201
    assert answer.json()["role"] == "owner"


def test_live(live: LiveLab) -> None:
    assert live.client("alice").me().user == "alice"
