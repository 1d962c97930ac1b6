"""Go on numbering after the highest number that QuickBooks has, and explain what is left out."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.models.billing import Counter, NumberGap
from batchly_admin.qbo.client import Client, quote
from batchly_admin.services import audit, numbering
from batchly_admin.services.company import company
from batchly_admin.services.unit_of_work import UnitOfWork

LONGEST_GAP = 10_000
DIGITS = 9


def prefix(session: Session) -> str:
    """Give the prefix of the invoices' series."""
    return company(session).invoice_prefix


def highest(client: Client, series: str) -> int:
    """Give the highest number of a series in QuickBooks; 0 when there is none.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    number = re.compile(rf"{re.escape(series)}(\d{{1,{DIGITS}}})")
    found = 0
    for page in client.pages("Invoice", f"DocNumber LIKE {quote(series + '%')}"):
        for body in page:
            match = number.fullmatch(str(body.get("DocNumber") or ""))
            found = max(found, int(match.group(1)) if match else 0)
    return found


def go_on(uow: UnitOfWork, highest_there: int, label: str, reason: str) -> str:
    """Set the counter after the highest number; give the words for the person.

    Raises:
        Rejected: so many numbers would be left out that somebody has to look first.
    """
    series = prefix(uow.session)
    stopped = (
        f"{label} keeps its number and stays stopped. Give the other document of that number "
        f"another one in QuickBooks and retry, or void {label} here and invoice its order again."
    )
    counter = uow.session.scalar(
        sa.select(Counter).where(Counter.series == series).with_for_update()
    )
    last = counter.last_number if counter is not None else 0
    if counter is None or highest_there <= last:
        following = f"{series}{last + 1:0{numbering.WIDTH}d}"
        return f"The next invoice is {following} anyway; nothing is left out. {stopped}"
    if highest_there - last > LONGEST_GAP:
        raise Rejected(
            f"QuickBooks has {series}{highest_there}, {highest_there - last} numbers ahead of "
            "ours. Look at that document first; an admin can raise the counter by hand."
        )
    count = _explain(uow, series, range(last + 1, highest_there + 1), reason)
    counter.last_number = highest_there
    following = f"{series}{highest_there + 1:0{numbering.WIDTH}d}"
    details = {"from": last, "to": highest_there, "reason": reason}
    audit.note(uow, "numbering.continued", subject=label, details=details)
    uow.session.flush()
    numbers = "1 number is" if count == 1 else f"{count} numbers are"
    return f"The next invoice is {following}; {numbers} explained in the register. {stopped}"


def _explain(uow: UnitOfWork, series: str, numbers: range, reason: str) -> int:
    known = set(
        uow.session.scalars(
            sa.select(NumberGap.number).where(
                NumberGap.series == series, NumberGap.number.between(numbers[0], numbers[-1])
            )
        )
    )
    words = f"Left out because QuickBooks numbers up to {numbers[-1]}: {reason}"[:300]
    missing = [number for number in numbers if number not in known]
    uow.session.add_all(
        NumberGap(series=series, number=number, reason=words, user_id=uow.actor.user_id)
        for number in missing
    )
    return len(missing)
