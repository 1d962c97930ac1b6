"""Run migrations on the engine that was handed in (see the package's `upgrade`)."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import batchly_admin.models  # noqa: F401  (completes the metadata)
from batchly_admin.db import Base, Exact, Guid, Json, UtcDateTime


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names, so that both databases get their storage."""
    if kind != "type" or not isinstance(item, Exact | Guid | Json | UtcDateTime):
        return False
    autogen.imports.add("from batchly_admin.db import Exact, Guid, Json, UtcDateTime")
    if isinstance(item, Exact):
        return f"Exact({item.precision}, {item.scale})"
    return f"{type(item).__name__}()"


engine = context.config.attributes["engine"]
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
