"""The one rule table: which action needs which level, and the check itself.

Deny by default: an action without a row cannot be authorised. Whoever is not in a
project learns nothing about it (404). Knows users and roles; nothing of HTTP.
"""

from __future__ import annotations

from enum import StrEnum

from mllab.errors import NotAllowed, NotFound
from mllab.model.accounts import Principal
from mllab.model.projects import ProjectState, Role
from mllab.stores.documents.base import DocumentStore, eq, find_all


class Level(StrEnum):
    """What an action asks of the caller."""

    SIGNED_IN = "signed-in"
    """Any valid credential that is not confined to one service."""
    OWN = "own"
    """The user concerned, or an admin; a credential confined to a project or role does not do."""
    PERSON = "person"
    """As OWN, with a credential that is confined in no way: a person, not a program."""
    ONLY_SELF = "only-self"
    """The user concerned and nobody else, admins neither."""
    ADMIN = "admin"
    VIEWER = "viewer"
    EDITOR = "editor"
    EDITING_PERSON = "editing-person"
    """As EDITOR, but nothing that a workload holds does: what is made outlives it."""
    OWNER = "owner"


class Action(StrEnum):
    """Everything that can be asked of the lab."""

    ME_READ = "me.read"
    USER_LIST = "user.list"
    USER_CREATE = "user.create"
    USER_READ = "user.read"
    USER_UPDATE = "user.update"
    USER_ADMINISTER = "user.administer"
    TOKEN_READ = "token.read"
    TOKEN_WRITE = "token.write"
    PROJECT_LIST = "project.list"
    PROJECT_LIST_ALL = "project.list-all"
    PROJECT_CREATE = "project.create"
    PROJECT_READ = "project.read"
    PROJECT_UPDATE = "project.update"
    PROJECT_DELETE = "project.delete"
    MEMBER_READ = "member.read"
    MEMBER_WRITE = "member.write"
    MEMBER_LEAVE = "member.leave"
    SECRET_READ = "secret.read"
    SECRET_WRITE = "secret.write"
    FILE_READ = "file.read"
    FILE_WRITE = "file.write"
    EXPERIMENT_READ = "experiment.read"
    EXPERIMENT_WRITE = "experiment.write"
    JOB_READ = "job.read"
    JOB_WRITE = "job.write"
    SERVICE_READ = "service.read"
    SERVICE_WRITE = "service.write"
    SERVICE_USE = "service.use"
    KEY_READ = "key.read"
    KEY_WRITE = "key.write"
    WORKSPACE_READ = "workspace.read"
    WORKSPACE_WRITE = "workspace.write"
    WORKSPACE_OPEN = "workspace.open"
    LAB_READ = "lab.read"
    LAB_ADMINISTER = "lab.administer"
    LAB_ABOUT = "lab.about"
    EVENTS_READ = "events.read"


RULES: dict[Action, Level] = {
    Action.ME_READ: Level.SIGNED_IN,
    Action.USER_LIST: Level.ADMIN,
    Action.USER_CREATE: Level.ADMIN,
    Action.USER_READ: Level.OWN,
    Action.USER_UPDATE: Level.PERSON,
    Action.USER_ADMINISTER: Level.ADMIN,
    Action.TOKEN_READ: Level.PERSON,
    Action.TOKEN_WRITE: Level.PERSON,
    Action.PROJECT_LIST: Level.SIGNED_IN,
    Action.PROJECT_LIST_ALL: Level.ADMIN,
    Action.PROJECT_CREATE: Level.OWN,
    Action.PROJECT_READ: Level.VIEWER,
    Action.PROJECT_UPDATE: Level.OWNER,
    Action.PROJECT_DELETE: Level.OWNER,
    Action.MEMBER_READ: Level.VIEWER,
    Action.MEMBER_WRITE: Level.OWNER,
    Action.MEMBER_LEAVE: Level.VIEWER,
    Action.SECRET_READ: Level.EDITOR,
    Action.SECRET_WRITE: Level.EDITOR,
    Action.FILE_READ: Level.VIEWER,
    Action.FILE_WRITE: Level.EDITOR,
    Action.EXPERIMENT_READ: Level.VIEWER,
    Action.EXPERIMENT_WRITE: Level.EDITOR,
    Action.JOB_READ: Level.VIEWER,
    Action.JOB_WRITE: Level.EDITOR,
    Action.SERVICE_READ: Level.VIEWER,
    Action.SERVICE_WRITE: Level.EDITOR,
    Action.SERVICE_USE: Level.VIEWER,
    Action.KEY_READ: Level.EDITOR,
    Action.KEY_WRITE: Level.EDITING_PERSON,
    Action.WORKSPACE_READ: Level.OWN,
    Action.WORKSPACE_WRITE: Level.OWN,
    Action.WORKSPACE_OPEN: Level.ONLY_SELF,
    Action.LAB_READ: Level.ADMIN,
    Action.LAB_ADMINISTER: Level.ADMIN,
    Action.LAB_ABOUT: Level.SIGNED_IN,
    Action.EVENTS_READ: Level.SIGNED_IN,
}

_ROLES = {
    Level.VIEWER: Role.VIEWER,
    Level.EDITOR: Role.EDITOR,
    Level.EDITING_PERSON: Role.EDITOR,
    Level.OWNER: Role.OWNER,
}


class Access:
    """Answers one question: may this caller do this, there?"""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def require(
        self,
        who: Principal,
        action: Action,
        *,
        project: str | None = None,
        user: str | None = None,
        service: str | None = None,
    ) -> None:
        """Return if `who` may do `action` on the thing named; project levels need `project`.

        Raises:
            NotFound: the project does not exist for this caller.
            NotAllowed: the caller may know of the thing, but not do this.
        """
        level = RULES[action]
        if who.is_system:
            return
        if level in _ROLES:
            await self._require_role(who, action, project or "", service)
        else:
            _require_person(who, action, level, user)

    async def role(self, who: Principal, project: str) -> Role | None:
        """Return the role that `who` has in the project with this credential, or None.

        An admin has every project's owner rights, with an unconfined credential. A service's
        key reads for its own sake, whoever made it, as far as its scope reaches.
        """
        if who.scope.project is not None and who.scope.project != project:
            return None
        found = await self._documents.get("projects", project)
        if found is None or found.body["state"] != ProjectState.ACTIVE:
            return None
        if who.key is not None:
            return Role.VIEWER if who.scope.project and who.scope.service else None
        role = Role.OWNER if who.is_admin else await self.member_role(who, project)
        return _at_most(role, who.scope.role) if role else None

    async def roles(self, who: Principal) -> dict[str, Role]:
        """Return the roles that `who` was given and has with this credential, by project.

        What an admin may do besides, and whether a project is being deleted, is not looked at.
        """
        only = [eq("project", who.scope.project)] if who.scope.project else []
        found = await find_all(self._documents, "members", eq("user", who.user), *only)
        return {
            each.body["project"]: _at_most(Role(each.body["role"]), who.scope.role)
            for each in found
        }

    async def member_role(self, who: Principal, project: str) -> Role | None:
        """Return the role that the user was given in the project, or None."""
        member = await self._documents.get("members", f"{project}/{who.user}")
        return Role(member.body["role"]) if member else None

    async def _require_role(
        self, who: Principal, action: Action, project: str, service: str | None
    ) -> None:
        role = await self.role(who, project)
        if role is None:
            raise NotFound("project", project, "It does not exist or you are not a member.")
        only = who.scope.service
        if only is not None and (action is not Action.SERVICE_USE or only != service):
            raise NotAllowed(f"This credential opens service {only!r} and nothing else.")
        if RULES[action] is Level.EDITING_PERSON and who.scope.workload is not None:
            raise NotAllowed(
                "A workload's token makes nothing that outlives it. Sign in yourself for that.",
                action=str(action),
            )
        needed = _ROLES[RULES[action]]
        if role.rank < needed.rank:
            raise NotAllowed(
                f"{action} needs the role {needed} in project {project!r}; yours is {role}. "
                "An owner of the project can change that.",
                action=str(action),
                needed=str(needed),
                role=str(role),
            )


def suffices(role: Role, action: Action) -> bool:
    """Tell whether `role` in a project is enough for `action` there."""
    return role.rank >= _ROLES[RULES[action]].rank


def is_own(who: Principal, action: Action, user: str | None) -> bool:
    """Tell whether `who` may do `action`, which is about a person, on what `user` has."""
    return _is_allowed(who, RULES[action], user)


def _at_most(role: Role, most: Role | None) -> Role:
    return most if most and most.rank < role.rank else role


def _is_allowed(who: Principal, level: Level, user: str | None) -> bool:
    scope = who.scope
    confined = bool(scope.project or scope.service or scope.role)
    if level is Level.SIGNED_IN and scope.service is None:
        return True
    own = user is None or user == who.user
    return {
        Level.OWN: (own or who.is_admin) and not confined,
        Level.PERSON: (own or who.is_admin) and not confined and scope.workload is None,
        Level.ONLY_SELF: own and not confined,
        Level.ADMIN: who.is_admin and not confined,
    }.get(level, False)


def _require_person(who: Principal, action: Action, level: Level, user: str | None) -> None:
    if _is_allowed(who, level, user):
        return
    own = user is None or user == who.user
    if user is not None and not own and not who.is_admin:
        raise NotFound("user", user)
    raise NotAllowed(_why_not(who, level, user), action=str(action))


def _why_not(who: Principal, level: Level, user: str | None) -> str:
    if level is Level.ADMIN and not who.is_admin:
        return "Only an admin may do that, with a credential that has all of an admin's rights."
    if level is Level.ONLY_SELF and user not in {None, who.user}:
        return f"Only {user!r} may do that, admins neither."
    return "This credential was made for less than that. Sign in, or use a token without limits."
