"""Is the process alive, and is everything it needs there."""

from __future__ import annotations

import redis
import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from batchly_admin import migrations
from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer
from batchly_admin.admin_views.security import PUBLIC, requires

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(PUBLIC)
def healthz() -> ResponseReturnValue:
    """Answer while the process lives."""
    return answer({"ok": True})


@blueprint.get("/readyz")
@requires(PUBLIC)
def readyz() -> ResponseReturnValue:
    """Answer 200 when database, migrations and Redis are there, 503 with what is missing."""
    found = {"database": _database(), "migrations": _migrations(), "redis": _redis()}
    ready = all(found.values())
    return answer({"ok": ready, **found}, 200 if ready else 503)


def _database() -> bool:
    try:
        context.reader().execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _migrations() -> bool:
    try:
        return migrations.is_current(context.runtime().database)
    except SQLAlchemyError:
        return False


def _redis() -> bool:
    client = context.runtime().redis
    if client is None:
        return True
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
