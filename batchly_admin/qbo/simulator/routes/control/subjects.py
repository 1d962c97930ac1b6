"""The subjects of the control page, in the order a person reads them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from batchly_admin.qbo.simulator.routes.control.accountant import add_routes as accountant
from batchly_admin.qbo.simulator.routes.control.clock import add_routes as clock
from batchly_admin.qbo.simulator.routes.control.companies import add_routes as companies
from batchly_admin.qbo.simulator.routes.control.faults import add_routes as faults
from batchly_admin.qbo.simulator.routes.control.log import add_routes as log
from batchly_admin.qbo.simulator.routes.control.overview import add_routes as overview
from batchly_admin.qbo.simulator.routes.control.preferences import add_routes as preferences
from batchly_admin.qbo.simulator.routes.control.records import add_routes as records
from batchly_admin.qbo.simulator.routes.control.screen import Screen
from batchly_admin.qbo.simulator.routes.control.switches import add_routes as switches
from batchly_admin.qbo.simulator.routes.control.webhooks import add_routes as webhooks

SUBJECTS: tuple[Callable[[Blueprint, Screen], None], ...] = (
    *(overview, log, records, faults, switches),
    *(clock, preferences, accountant, webhooks, companies),
)
