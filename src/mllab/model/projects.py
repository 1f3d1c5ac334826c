"""Projects, who is in them, and their secrets."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr

from mllab.model.base import ProjectName, Record, Text, Timestamp, Title, UserName, VariableName


class Role(StrEnum):
    """What a member may do in a project; each role includes the ones before it."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Return 1 for viewer, 2 for editor, 3 for owner."""
        return {"viewer": 1, "editor": 2, "owner": 3}[self.value]


class ProjectState(StrEnum):
    """`deleting` means: gone for everybody, clean-up still runs, the name is not free yet."""

    ACTIVE = "active"
    DELETING = "deleting"


class Project(Record):
    """A project; `role` is the caller's own in it (None for an admin who is no member)."""

    name: ProjectName
    title: Title = ""
    description: Text = ""
    state: ProjectState = ProjectState.ACTIVE
    created_by: UserName
    created_at: Timestamp
    role: Role | None = None


class NewProject(Record):
    """What it takes to create a project; the creator becomes its owner."""

    name: ProjectName
    title: Title = ""
    description: Text = ""


class ProjectChange(Record):
    """Fields of a project to change; absent ones stay."""

    title: Title | None = None
    description: Text | None = None


class Member(Record):
    """A user's role in a project."""

    project: ProjectName
    user: UserName
    role: Role
    added_by: UserName
    added_at: Timestamp


class MemberRole(Record):
    """The role to give to a member."""

    role: Role


class Secret(Record):
    """A secret's name and dates; its value is never returned."""

    project: ProjectName
    name: VariableName
    updated_by: UserName
    updated_at: Timestamp


class SecretValue(Record):
    """The value to store under a secret's name."""

    value: SecretStr = Field(min_length=1, max_length=65_536)
