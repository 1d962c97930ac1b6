"""What Batchly is measured against: an endpoint with nothing in it, and Flask-Admin as it comes."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from typing import Any, cast

import orjson
import sqlalchemy as sa
from flask import Flask, Response, request
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from sqlalchemy.engine import Engine
from sqlalchemy.orm import scoped_session, sessionmaker

from batchly_admin.models.orders import PurchaseOrder

COLUMNS = (
    "po_number",
    "customer_name",
    "status",
    "po_date",
    "due_date",
    "ship_date",
    "subtotal",
    "tax_amount",
    "total_amount",
    "priority",
    "rush_order",
    "job_count",
    "invoicing",
    "source",
)
"""Fourteen columns, the ones the list of orders shows."""


def bare_app(engine: Engine) -> Flask:
    """Give Flask, SQLAlchemy Core and orjson, and nothing that a product needs."""
    app = Flask("bare")
    orders = cast("sa.Table", PurchaseOrder.__table__)
    columns = [orders.c.id, *(orders.c[name] for name in COLUMNS)]
    statement = (
        sa.select(*columns)
        .order_by(orders.c.po_date.desc(), orders.c.id.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .offset(sa.bindparam("offset", type_=sa.Integer))
    )
    readers = engine.execution_options(readonly=True)

    @app.get("/window")
    def window() -> Response:
        """Give one window."""
        values = {
            "limit": int(request.args.get("limit", 100)),
            "offset": int(request.args.get("offset", 0)),
        }
        with readers.connect() as connection:
            rows = [list(row) for row in connection.execute(statement, values)]
        return Response(orjson.dumps({"rows": rows}, default=str), mimetype="application/json")

    @app.get("/export")
    def export() -> Response:
        """Stream the whole table as CSV."""
        everything = sa.select(*columns[1:]).order_by(orders.c.po_date.desc(), orders.c.id.desc())

        def lines() -> Iterator[str]:
            buffer = io.StringIO()
            writer = csv.writer(buffer)
            with readers.connect().execution_options(yield_per=1_000) as connection:
                for part in connection.execute(everything).partitions():
                    writer.writerows(part)
                    yield buffer.getvalue()
                    buffer.seek(0)
                    buffer.truncate()

        return Response(lines(), mimetype="text/csv")

    @app.post("/cell")
    def cell() -> Response:
        """Write one cell."""
        asked: dict[str, Any] = orjson.loads(request.get_data())
        update = (
            sa.update(orders)
            .where(orders.c.id == asked["id"])
            .values(internal_notes=asked["value"])
        )
        with engine.begin() as connection:
            connection.execute(update)
        return Response(b'{"ok":true}', mimetype="application/json")

    return app


class StockOrders(ModelView):  # type: ignore[misc]
    """The list of orders as Flask-Admin makes it, newest first, fifty rows a page."""

    column_default_sort = ("po_date", True)
    page_size = 50
    page_size_options = (50, 500)
    can_set_page_size = True


class TrimmedOrders(StockOrders):
    """The same, cut down to what the list of orders shows, and to looking."""

    column_list = COLUMNS
    can_create = can_edit = can_delete = False


def stock_app(engine: Engine, view: type[ModelView] = StockOrders) -> Flask:
    """Give Flask-Admin's own list of the same table, at `/admin/orders/`."""
    app = Flask("stock")
    app.secret_key = "not a secret, this is a benchmark"
    # Where Flask-Babel is installed, Flask-Admin asks it for its words.
    Babel(app)
    session = scoped_session(sessionmaker(engine.execution_options(readonly=True)))
    app.teardown_appcontext(lambda _error: session.remove())
    with warnings.catch_warnings():
        # The session itself is the older way to hand it over, and needs no further package.
        warnings.simplefilter("ignore", DeprecationWarning)
        Admin(app).add_view(view(PurchaseOrder, session, endpoint="orders"))
    return app
