"""The wire to QuickBooks: time-outs, our pace, what was said, and what the answer means.

Every call of every library goes through here, so nothing above has to guess from an exception what
happened: an answer that is not plainly good leaves as one of our sync errors.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from batchly_admin.clock import Clock
from batchly_admin.db import is_postgresql
from batchly_admin.errors import Throttled, Transient
from batchly_admin.ids import new_id
from batchly_admin.models.sync import ApiUsage
from batchly_admin.qbo import errors
from batchly_admin.qbo.gateway import check_api
from batchly_admin.qbo.throttle import Throttle

TIMEOUTS = (5.0, 130.0)
"""To connect, and to be answered: Intuit cuts long requests off after 120 seconds."""

PATIENCE = 70.0
OWN_PACE = "pace"
KEPT_TEXT = 500
KEPT_ITEMS = 60
READS = frozenset({"query", "cdc", "companyinfo", "preferences", "reports"})
SECRETS = frozenset(
    {
        "Address",
        "FreeFormNumber",
        "access_token",
        "refresh_token",
        "PrimaryTaxIdentifier",
        "SecondaryTaxIdentifier",
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """What was said on the wire, fit to be kept: no tokens, no addresses of people."""

    method: str
    endpoint: str
    status: int | None
    tid: str | None
    seconds: float
    request: Any = None
    answer: Any = None


@dataclass(slots=True)
class Usage:
    """Calls counted since they were last written down, by day, endpoint, metering and result."""

    counts: Counter[tuple[date, str, str, str]] = field(default_factory=Counter)

    def write(self, session: Session) -> None:
        """Add the counts to the table and start again from nothing."""
        counts, self.counts = self.counts, Counter()
        insert = postgresql.insert if is_postgresql(session) else sqlite.insert
        for (day, endpoint, metering, result), calls in sorted(counts.items()):
            statement = insert(ApiUsage).values(
                id=new_id(),
                day=day,
                endpoint=endpoint,
                metering=metering,
                result=result,
                calls=calls,
                version=1,
            )
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=[
                        ApiUsage.day,
                        ApiUsage.endpoint,
                        ApiUsage.metering,
                        ApiUsage.result,
                    ],
                    set_={"calls": ApiUsage.calls + calls},
                )
            )


class QboSession(requests.Session):
    """A session for one company; keeps its connections open between calls."""

    def __init__(
        self,
        throttle: Throttle,
        clock: Clock,
        *,
        realm: str,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.access_token = ""
        self.calls: list[Call] = []
        self.usage = Usage()
        self.patience = PATIENCE
        self._throttle = throttle
        self.clock = clock
        self._realm = realm
        self._timeouts = timeouts

    def take_calls(self) -> list[Call]:
        """Give the calls made since the last time this was asked."""
        calls, self.calls = self.calls, []
        return calls

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Make one call at our pace; give the answer only when it is plainly good.

        Raises:
            SyncError: the class says what to do; `Transient` when the outcome is unknown.
        """
        check_api(str(url))
        endpoint = _endpoint(str(url))
        self._wait_for_turn()
        kwargs["timeout"] = self._timeouts
        kwargs["allow_redirects"] = False
        started = self.clock.monotonic()
        now = self.clock.now()
        sent = kwargs.get("data")
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.Timeout as error:
            self._note(now, method, endpoint, None, started, sent)
            raise Transient("QuickBooks did not answer in time.", code="timeout") from error
        except requests.RequestException as error:
            self._note(now, method, endpoint, None, started, sent)
            raise Transient("The connection to QuickBooks failed.", code="connection") from error
        self._note(now, method, endpoint, response, started, sent)
        self._judge(response, now)
        return response

    def take_batch_turn(self, patience: float) -> bool:
        """Count one batch, waiting at most so many seconds; False when its turn is later."""
        return self._take_turn(self._throttle.reserve_batch, patience) == 0

    def _wait_for_turn(self) -> None:
        left = self._take_turn(self._throttle.reserve, self.patience)
        if left:
            raise Throttled("Our own pace is used up for now.", retry_after=left, code=OWN_PACE)

    def _take_turn(self, reserve: Callable[[str], float], patience: float) -> float:
        """Wait for a turn; give 0 once it is taken, or how long it would have been still."""
        waited = 0.0
        while wait := reserve(self._realm):
            if waited + wait > patience:
                # Sleeping the rest keeps whoever asks again at once from spinning.
                self.clock.sleep(max(patience - waited, 0))
                return wait
            self.clock.sleep(wait)
            waited += wait
        return 0.0

    def _note(
        self,
        now: datetime,
        method: str,
        endpoint: str,
        response: requests.Response | None,
        started: float,
        sent: Any,
    ) -> None:
        status = response.status_code if response is not None else None
        metering = "coreplus" if method == "GET" or endpoint in READS else "core"
        result = "no answer" if status is None else ("ok" if status == errors.OK else str(status))
        self.usage.counts[now.date(), endpoint, metering, result] += 1
        self.calls.append(
            Call(
                method=method,
                endpoint=endpoint,
                status=status,
                tid=response.headers.get("intuit_tid") if response is not None else None,
                seconds=round(self.clock.monotonic() - started, 3),
                request=mask(_parse(sent)) if endpoint not in READS else _text(sent),
                answer=mask(_parse(response.content))
                if response is not None and endpoint not in READS
                else None,
            )
        )

    def _judge(self, response: requests.Response, now: datetime) -> None:
        tid = response.headers.get("intuit_tid")
        body = _parse(response.content)
        if isinstance(body, dict):
            faults = errors.read_faults(body)
        else:
            faults = errors.read_xml_faults(response.text[:20_000])
        if response.status_code == errors.OK and not faults:
            if isinstance(body, dict) and body:
                return
            raise errors.unreadable(response.status_code, tid=tid)
        wait = _retry_after(response.headers.get("Retry-After"), now)
        error = errors.classify(response.status_code, faults, retry_after=wait, tid=tid)
        if isinstance(error, Throttled):
            self._throttle.hold(self._realm, error.retry_after)
        raise error


def mask(value: Any) -> Any:
    """Give a body fit to be kept: secrets and people's addresses hidden, long things cut."""
    if isinstance(value, Mapping):
        return {
            str(key): "***" if key in SECRETS and item else mask(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [mask(item) for item in value[:KEPT_ITEMS]]
    if isinstance(value, str) and len(value) > KEPT_TEXT:
        return f"{value[:KEPT_TEXT]}..."
    return str(value) if isinstance(value, Decimal) else value


def _parse(content: Any) -> Any:
    if not content:
        return None
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, TypeError):
        return _text(content)


def _text(content: Any) -> str:
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    return str(content or "")[:KEPT_TEXT]


def _endpoint(url: str) -> str:
    found = re.search(r"/company/[^/]+/([a-z]+)", urlsplit(url).path)
    return found.group(1) if found else "other"


def _retry_after(header: str | None, now: datetime) -> float | None:
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return (parsedate_to_datetime(header) - now).total_seconds()
    except (ValueError, TypeError):
        return None
