"""Signing in and out, setting up, registering, and who one is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, status

from mllab.api.deps import (
    Caller,
    ClientAddress,
    Core,
    check_same_origin,
    needs,
)
from mllab.core.cookies import cookie_name, is_https
from mllab.core.permissions import Action
from mllab.model.accounts import (
    SESSION_COOKIE,
    Credentials,
    FirstAdmin,
    IssuedToken,
    Me,
    Registration,
    TokenRequest,
    User,
)

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/login", **needs(None))
async def login(
    credentials: Credentials, request: Request, response: Response, core: Core, at: ClientAddress
) -> User:
    """Sign a browser in: the answer sets the session cookie."""
    check_same_origin(request)
    issued = await core.identity.sign_in(credentials, address=at)
    return await _welcome(request, response, core, issued)


@router.post("/token", status_code=status.HTTP_201_CREATED, **needs(None))
async def sign_in_for_token(wish: TokenRequest, core: Core, at: ClientAddress) -> IssuedToken:
    """Sign a program in: the answer is an API token instead of a cookie."""
    return await core.identity.sign_in_for_token(
        wish, address=at, name=wish.name, days=wish.expires_in_days
    )


@router.post("/setup", status_code=status.HTTP_201_CREATED, **needs(None))
async def set_up(first: FirstAdmin, request: Request, response: Response, core: Core) -> User:
    """Create the first admin with the one-time secret, and sign the browser in."""
    check_same_origin(request)
    secret = first.secret.get_secret_value()
    issued = await core.identity.set_up(secret, first.username, first.password)
    return await _welcome(request, response, core, issued)


@router.post("/register", status_code=status.HTTP_201_CREATED, **needs(None))
async def register(new: Registration, request: Request, core: Core, at: ClientAddress) -> User:
    """Create an account for a visitor, where the lab allows that."""
    check_same_origin(request)
    return await core.identity.register(new, address=at)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.ME_READ))
async def logout(who: Caller, request: Request, response: Response, core: Core) -> None:
    """End the session or token that came with this request."""
    await core.identity.sign_out(who)
    is_secure, base = is_https(request.headers), core.context.settings.base_url
    name = cookie_name(SESSION_COOKIE, is_secure=is_secure, base=base)
    response.delete_cookie(name, path=f"{base}/", secure=is_secure)


@router.get("/me", **needs(Action.ME_READ))
async def me(who: Caller, core: Core) -> Me:
    """Return who calls, and how far the credential reaches."""
    return await core.identity.me(who)


async def _welcome(request: Request, response: Response, core: Core, issued: IssuedToken) -> User:
    is_secure, base = is_https(request.headers), core.context.settings.base_url
    response.set_cookie(
        cookie_name(SESSION_COOKIE, is_secure=is_secure, base=base),
        issued.secret,
        max_age=core.context.settings.session_hours * 3600,
        path=f"{base}/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )
    who = await core.identity.principal(issued.secret, from_cookie=True)
    return await core.users.get(who, issued.token.user)
