"""The control page and its JSON API: what a test, a demo or a developer moves by hand.

Each subject has a module with its addresses, for programs below /control/api and for people beside
it. Everything that acts is a POST, refused when the page of another site sends it.
"""

from __future__ import annotations

from flask import Blueprint

from batchly_admin.qbo.simulator.routes.control.answers import guard
from batchly_admin.qbo.simulator.routes.control.oauth_log import keep_log
from batchly_admin.qbo.simulator.routes.control.screen import Screen
from batchly_admin.qbo.simulator.routes.control.subjects import SUBJECTS
from batchly_admin.qbo.simulator.world import World


def blueprint(world: World) -> Blueprint:
    """Give the routes below /control."""
    found = Blueprint(
        "control",
        __name__,
        url_prefix="/control",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    guard(found)
    screen = Screen(found, world)
    for add_routes in SUBJECTS:
        add_routes(found, screen)
    keep_log(found, world)
    return found
