"""What the command line asks a person: hidden values, and whether they are sure.

A secret never comes from an argument: other users of the machine can read those.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mllab.errors import InvalidInput

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def confirm(question: str, *, yes: bool) -> None:
    """Ask; leave the command if the answer is no."""
    if not yes:
        typer.confirm(question, abort=True, err=True)


def ask_hidden(what: str, *, from_stdin: bool, twice: bool = False) -> str:
    """Return a value that nobody shall see: the first line of stdin, or asked for."""
    if from_stdin:
        value = sys.stdin.readline().rstrip("\r\n")
        if not value:
            raise InvalidInput(f"{what}: standard input was empty.")
        return value
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))
