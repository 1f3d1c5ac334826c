"""What somebody is told who may not do a thing that is no project's."""

from __future__ import annotations

import pytest

from mllab.core.lab import LabCore
from mllab.core.permissions import Action
from mllab.errors import NotAllowed
from mllab.model.accounts import Principal, Scope

ADMIN = Principal(user="dana", is_admin=True)
CONFINED = Principal(user="bob", scope=Scope(project="alpha"))


@pytest.mark.parametrize(
    ("who", "action", "user", "words"),
    [
        (Principal(user="bob"), Action.USER_LIST, None, "Only an admin"),
        (ADMIN, Action.WORKSPACE_OPEN, "bob", "Only 'bob' may"),
        (CONFINED, Action.WORKSPACE_OPEN, "bob", "made for less"),
    ],
)
async def test_who_may_not_is_told_who_may(
    core: LabCore, who: Principal, action: Action, user: str | None, words: str
) -> None:
    with pytest.raises(NotAllowed, match=words):
        await core.access.require(who, action, user=user)
