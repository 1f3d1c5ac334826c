"""A row for every route of the API: what it needs, and a request that gets as far as the rule.

Whoever adds a route adds a row; `tests/api/test_permissions.py` fails until it is there.
A row is `METHOD path permission`, `public` with the status that a stranger's call gives.
`REQUESTS` holds what a route needs to get past the validation of its input; without an
entry it is called with an empty JSON object, or nothing for GET, HEAD and DELETE.
"""

from __future__ import annotations

from typing import Any

ROWS = """
GET    /health                                                      public 200
GET    /ready                                                       public 200
POST   /auth/login                                                  public 401
POST   /auth/token                                                  public 401
POST   /auth/setup                                                  public 401
POST   /auth/register                                               public 403
POST   /auth/logout                                                 me.read
GET    /auth/me                                                     me.read
GET    /users                                                       user.list
POST   /users                                                       user.create
GET    /users/{user}                                                user.read
PATCH  /users/{user}                                                user.update
DELETE /users/{user}                                                user.administer
GET    /tokens                                                      token.read
POST   /tokens                                                      token.write
DELETE /tokens/{token}                                              token.write
GET    /projects                                                    project.list
POST   /projects                                                    project.create
GET    /projects/{project}                                          project.read
PATCH  /projects/{project}                                          project.update
DELETE /projects/{project}                                          project.delete
GET    /projects/{project}/members                                  member.read
PUT    /projects/{project}/members/{user}                           member.write
DELETE /projects/{project}/members/{user}                           member.write
GET    /projects/{project}/secrets                                  secret.read
PUT    /projects/{project}/secrets/{name}                           secret.write
DELETE /projects/{project}/secrets/{name}                           secret.write
"""

REQUESTS: dict[str, dict[str, Any]] = {
    "POST /auth/login": {"json": {"username": "x", "password": "x"}},
    "POST /auth/token": {"json": {"username": "x", "password": "x"}},
    "POST /auth/setup": {"json": {"secret": "x", "password": "long enough"}},
    "POST /auth/register": {"json": {"name": "x", "password": "long enough"}},
    "POST /users": {"json": {"name": "new", "password": "long enough"}},
    "POST /projects": {"json": {"name": "new"}},
    "PUT /projects/{project}/members/{user}": {"json": {"role": "viewer"}},
    "PUT /projects/{project}/secrets/{name}": {"json": {"value": "x"}},
}

PARAMETERS = {
    "project": "alpha",
    "token": "tok_" + "0" * 20,
    "name": "web",
    "key": "news.csv",
    "kind": "datasets",
    "version": "1",
    "id": "code_" + "0" * 20,
}
"""What stands for a path's parameters, but for `{user}`."""

USER, MEMBER = "bob", "gina"
"""Whom a route outside of projects is about (an editor of `alpha`, among the callers), and
whom one within (a viewer in it, not among the callers)."""

ENDS_ITS_PROJECT = {"DELETE /projects/{project}"}
"""Routes after which the next caller finds nothing: each gets a lab of its own."""
