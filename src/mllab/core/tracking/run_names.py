"""Names for runs whose clients gave none, such as `bold-heron-412`."""

from __future__ import annotations

import secrets

_FIRST = (
    "able bold brave bright calm clean clever cool daring eager fair fast fine fresh gentle glad "
    "good grand handy happy hardy keen kind lively loyal lucky merry mild neat noble patient plain "
    "polite proud quick quiet rapid ready rich royal sharp shiny smart solid swift tidy true vivid "
    "warm wise"
).split()
_SECOND = (
    "badger bear beetle bison crane crow deer dolphin dove eagle falcon finch fox frog goose hare "
    "hawk heron horse jay koala lark lion lynx mole moose moth otter owl panda perch pigeon pike "
    "raven robin salmon seal shark sheep shrew snail sparrow squid stork swan tern toad trout "
    "whale wolf wren"
).split()


def random_name() -> str:
    """Return a name of two words and a number."""
    number = secrets.randbelow(900) + 100
    return f"{secrets.choice(_FIRST)}-{secrets.choice(_SECOND)}-{number}"
