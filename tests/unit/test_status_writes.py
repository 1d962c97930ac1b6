"""A status is written where its rules are: in the services, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "batchly_admin"
GUARDED = {
    "status",
    "invoicing",
    "quantity_invoiced",
    "amount_paid",
    "amount_credited",
    "job_count",
}
# The queue's own state is the engine's to keep; its rows are called so everywhere.
QUEUE_ROWS = {"row", "claim"}


def writes(path: Path) -> list[str]:
    """Give every assignment to a guarded attribute of something that is no queue row."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if not isinstance(target, ast.Attribute) or target.attr not in GUARDED:
                continue
            owner = target.value.id if isinstance(target.value, ast.Name) else ""
            if owner not in QUEUE_ROWS:
                found.append(f"{path.relative_to(ROOT)}:{target.lineno} {owner}.{target.attr}")
    return found


def test_only_services_write_a_status() -> None:
    # The simulator is another company's house; the demo tells of lines half done.
    exempt = {"services", "simulator", "demo"}
    outside = [
        place
        for path in sorted(ROOT.rglob("*.py"))
        if not exempt & set(path.relative_to(ROOT).parts)
        for place in writes(path)
    ]
    assert outside == []


def test_the_test_sees_a_write() -> None:
    assert writes(ROOT / "services" / "orders.py"), "the services do write it"
    assert not writes(ROOT / "domain" / "statuses.py")
