"""Who may come in: deny by default, log-in sessions, security headers, form tokens.

Every route carries the right it needs, put there by `requires`; a route without one is refused, so
a forgotten decorator shows at once and never as a hole.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose as flask_admin_expose
from flask_wtf.csrf import CSRFProtect

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import wants_json
from batchly_admin.errors import NotAllowed
from batchly_admin.ids import token
from batchly_admin.services import users

Function = TypeVar("Function", bound=Callable[..., Any])
csrf = CSRFProtect()

PUBLIC = "public"
LOGGED_IN = "logged-in"
TOUCH_EVERY = timedelta(minutes=1)
_MARK = "required_right"
# Where cookies are not secure, the log-in page may be that of a simulator on this machine.
_LOOPBACK = " http://127.0.0.1:*"
_LIVE_HEADER = "X-Batchly-Live"
# What stands under an address that changes with its content.
_KEPT = frozenset({"static", "words.script"})


def expose(url: str, methods: Sequence[str] = ("GET",)) -> Callable[[Function], Function]:
    """Mount a method of a view, as Flask-Admin's decorator of the same name does, but typed."""
    mount: Callable[[Function], Function] = flask_admin_expose(url, methods)
    return mount


def requires(right: str) -> Callable[[Function], Function]:
    """Let only people with `right` call a route; `:verb` means the verb of the view's own table."""

    def mark(function: Function) -> Function:
        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            check(right, args[0] if args else None)
            return function(*args, **kwargs)

        setattr(checked, _MARK, right)
        return checked  # type: ignore[return-value]

    return mark


def check(right: str, view: Any = None) -> None:
    """Refuse whoever lacks `right`.

    Raises:
        NotAllowed: and the refusal is written to the log-in person's audit trail.
    """
    if right == PUBLIC:
        return
    who = context.person()
    if right == LOGGED_IN:
        return
    name = f"{view.table.rights_area}{right}" if right.startswith(":") else right
    if name not in who.rights:
        raise NotAllowed


def right_of(function: Any) -> str | None:
    """Give the right a route function is marked with."""
    return getattr(function, _MARK, None)


def init(app: Flask, *, secure_cookies: bool) -> None:
    """Put the guards in front of every route."""
    csrf.init_app(app)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-batchly" if secure_cookies else "batchly_session",
        SESSION_COOKIE_SECURE=secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        # The database knows how long a session lasts; the cookie need not be sent anew each time.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_guard)
    app.after_request(functools.partial(_headers, secure=secure_cookies))
    app.jinja_env.globals["csp_nonce"] = nonce


def nonce() -> str:
    """Give this response's nonce for scripts and styles."""
    if "nonce" not in g:
        g.nonce = token(16)
    found: str = g.nonce
    return found


def _guard() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    from flask import current_app

    right = right_of(current_app.view_functions.get(endpoint))
    if right == PUBLIC:
        _load_person()
        return None
    if _load_person():
        if right is None:
            raise NotAllowed
        return None
    if wants_json() or request.method != "GET":
        msg = "Please log in."
        raise LoginNeeded(msg)
    return redirect(url_for("login.login", next=_path_with_query()))


class LoginNeeded(NotAllowed):
    """Please log in."""

    code = "login"
    status = 401


def _path_with_query() -> str:
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path


def _load_person() -> bool:
    secret = session.get("sid")
    if not isinstance(secret, str):
        return False
    now = context.runtime().clock.now()
    found = users.find_session(context.reader(), secret, now)
    if found is None:
        session.pop("sid", None)
        return False
    roles = frozenset(found.roles)
    g.person = context.Person(
        found.user_id, found.name, found.email, roles, context.rights_of(roles)
    )
    # A page that polls by itself is not a person at work.
    live = request.headers.get(_LIVE_HEADER) or request.path == "/runs/recent"
    if not live and now - found.last_seen_at > TOUCH_EVERY:
        users.touch_session(context.runtime().uows, secret)
    return True


def safe_next(target: str | None) -> str:
    """Give a path on this site to go on to; anything else becomes the home page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if any(ord(character) < 32 for character in target) or "\\" in target:
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


def _headers(response: Response, *, secure: bool) -> Response:
    policy = (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce()}'; style-src 'self' 'nonce-{nonce()}'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"form-action 'self' https://appcenter.intuit.com{_LOOPBACK if not secure else ''}; "
        "frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    )
    headers = response.headers
    # What people uploaded comes with a stricter one of its own.
    headers.setdefault("Content-Security-Policy", policy)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint in _KEPT and response.status_code == 200:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers["Cache-Control"] = "no-store"
    return response
