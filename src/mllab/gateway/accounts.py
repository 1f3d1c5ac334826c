"""The pages of signing in and out, of the first admin, and of registering.

Plain forms: they work without script. Each failure shows the same form again with one
sentence; what was typed stays, but for the password.
"""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mllab.errors import InvalidInput, LabError, LimitReached, NotSignedIn
from mllab.gateway.answers import PAGE_HEADERS, fault, page
from mllab.gateway.routing import is_local
from mllab.gateway.sessions import (
    base_of,
    check_same_origin,
    client_address,
    cookie,
    core_of,
    give_session,
    give_setup,
    take_session,
    take_setup,
    visitor,
)
from mllab.model.accounts import SETUP_COOKIE, Credentials, IssuedToken, NewUser, Registration


def _home(request: Request) -> str:
    return f"{base_of(request)}/app/"


def _next(request: Request, text: str | None) -> str:
    """Return where to go after signing in: only to an address of this lab."""
    return text if text and is_local(text, base_of(request)) else _home(request)


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _form(request: Request, name: str, error: LabError | None = None, **values: Any) -> Response:
    status = error.status if error else 200
    registers = core_of(request).context.settings.allow_self_registrations
    problem = error.message if error else ""
    answer = page(request, name, status, problem=problem, registers=registers, **values)
    if isinstance(error, LimitReached) and error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _welcome(request: Request, session: IssuedToken, where: str) -> Response:
    answer = RedirectResponse(where, 303, headers=PAGE_HEADERS)
    give_session(request, answer, session)
    return answer


def _explain(error: ValidationError) -> InvalidInput:
    """Say which field is wrong, without what was typed into it."""
    faults = [
        f"{fault['loc'][-1] if fault['loc'] else 'form'}: {fault['msg']}"
        for fault in error.errors()
    ]
    return InvalidInput(". ".join(faults))


async def sign_in(request: Request) -> Response:
    """Show the form, or check what was sent."""
    if request.method != "POST":
        where = _next(request, request.query_params.get("next"))
        return _form(request, "sign_in", where=where, username="")
    async with request.form(max_files=0, max_fields=10) as form:
        username, where = _field(form, "username"), _next(request, _field(form, "next"))
        password = SecretStr(_field(form, "password"))
    try:
        check_same_origin(request)
        credentials = Credentials(username=username, password=password)
        session = await core_of(request).identity.sign_in(
            credentials, address=client_address(request)
        )
    except ValidationError:
        error: LabError = NotSignedIn("User name or password is wrong.")
    except LabError as exc:
        error = exc
    else:
        return _welcome(request, session, where)
    return _form(request, "sign_in", error, where=where, username=username)


async def sign_out(request: Request) -> Response:
    """End the session; a second press does no harm."""
    try:
        check_same_origin(request)
        await core_of(request).identity.sign_out(await visitor(request))
    except NotSignedIn:
        pass
    except LabError as error:
        return fault(request, error)
    answer = RedirectResponse(f"{base_of(request)}/sign-in", 303, headers=PAGE_HEADERS)
    take_session(request, answer)
    return answer


async def set_up(request: Request) -> Response:
    """Show the form of the first admin, or create them. Only a POST uses the secret up."""
    if token := request.query_params.get("lab_token"):
        hidden = PAGE_HEADERS | {"Referrer-Policy": "no-referrer"}
        answer: Response = RedirectResponse(f"{base_of(request)}/setup", 303, headers=hidden)
        give_setup(request, answer, token)
        return answer
    secret = cookie(request, SETUP_COOKIE)
    if request.method != "POST":
        return _form(request, "setup", username="admin", has_secret=bool(secret))
    async with request.form(max_files=0, max_fields=10) as form:
        username, password = _field(form, "username"), SecretStr(_field(form, "password"))
    try:
        check_same_origin(request)
        checked = NewUser(name=username, password=password)
        session = await core_of(request).identity.set_up(secret, checked.name, checked.password)
    except ValidationError as exc:
        error: LabError = _explain(exc)
    except LabError as exc:
        error = exc
    else:
        answer = _welcome(request, session, _home(request))
        take_setup(request, answer)
        return answer
    return _form(request, "setup", error, username=username, has_secret=bool(secret))


async def register(request: Request) -> Response:
    """Show the form for an account of one's own, or create it and sign in."""
    if request.method != "POST":
        return _form(request, "register", username="", display_name="")
    async with request.form(max_files=0, max_fields=10) as form:
        username, password = _field(form, "username"), SecretStr(_field(form, "password"))
        display_name = _field(form, "display_name")
    identity, address = core_of(request).identity, client_address(request)
    try:
        check_same_origin(request)
        new = Registration(name=username, password=password, display_name=display_name)
        await identity.register(new, address=address)
        credentials = Credentials(username=username, password=password)
        session = await identity.sign_in(credentials, address=address)
    except ValidationError as exc:
        error: LabError = _explain(exc)
    except LabError as exc:
        error = exc
    else:
        return _welcome(request, session, _home(request))
    return _form(request, "register", error, username=username, display_name=display_name)


routes = [
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/setup", set_up, methods=["GET", "POST"]),
    Route("/register", register, methods=["GET", "POST"]),
]
