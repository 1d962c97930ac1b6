"""Mount every view, and refuse to start when one of them has no guard."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Theme

from batchly_admin.admin_views import (
    account,
    answers,
    context,
    health,
    history,
    login,
    orders_import,
    palette,
    quickbooks,
    quickbooks_connect,
    quickbooks_mapping,
    quickbooks_reports,
    quickbooks_settings,
    quickbooks_setup,
    quickbooks_watch,
    reconciliation,
    repair,
    runs,
    saved_views,
    security,
    shell,
    speaking,
    trash,
    webhooks,
)
from batchly_admin.admin_views.all_files import AllFilesView
from batchly_admin.admin_views.grid_view import GridView
from batchly_admin.admin_views.home import HomeView
from batchly_admin.admin_views.lazy_rules import LazyRule
from batchly_admin.admin_views.order_papers import OrderPapersView
from batchly_admin.errors import ConfigError
from batchly_admin.grid.registry import tables

VIEWS: dict[str, type[GridView]] = {
    "order_papers": OrderPapersView,
    "attachments": AllFilesView,
}
"""Tables whose grid has something more about it."""

UNGUARDED = frozenset({"static", "admin.static"})


def mount(app: Flask, *, secure_cookies: bool) -> None:
    """Put all pages and endpoints into the application."""
    app.url_map.strict_slashes = False
    app.url_rule_class = LazyRule
    context.init(app)
    answers.init(app)
    # Before the guard: who writes must hold no snapshot open, and this looks at the company.
    speaking.init(app)
    shell.init(app)
    security.init(app, secure_cookies=secure_cookies)
    for module in (
        login,
        health,
        runs,
        history,
        orders_import,
        palette,
        quickbooks,
        quickbooks_connect,
        quickbooks_mapping,
        quickbooks_settings,
        quickbooks_setup,
        quickbooks_reports,
        quickbooks_watch,
        reconciliation,
        repair,
        account,
        saved_views,
        speaking,
        trash,
        webhooks,
    ):
        app.register_blueprint(module.blueprint)
    admin = Admin(
        app,
        name="Batchly",
        index_view=HomeView(),
        theme=Theme(folder="bootstrap4", base_template="layout.html"),
        csp_nonce_generator=security.nonce,
    )
    for table in tables().values():
        admin.add_view(VIEWS.get(table.name, GridView)(table))
    check_guards(app)


def check_guards(app: Flask) -> None:
    """Make sure that every route says which right it needs.

    Raises:
        ConfigError: naming the routes that do not.
    """
    bare = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED
        and security.right_of(app.view_functions[rule.endpoint]) is None
    )
    if bare:
        msg = f"These routes have no right: {', '.join(bare)}"
        raise ConfigError(msg)
