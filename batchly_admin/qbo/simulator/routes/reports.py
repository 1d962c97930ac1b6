"""The address of the reports."""

from __future__ import annotations

from typing import Any

from batchly_admin.qbo.simulator.reports import registry
from batchly_admin.qbo.simulator.routes.call import Call
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World


def answer(world: World, call: Call) -> dict[str, Any]:
    """Give the report that is asked for.

    Raises:
        Fault: 2000 for an address without a report, 5020 for one there is not; or the report's own.
    """
    if len(call.parts) != 2:
        raise Fault("2000", f"Invalid object name : {'/'.join(call.parts)[:100]}")
    return registry.run(world.books, call.parts[1], call.arguments)
