"""The one door to python-quickbooks: plain dicts in, plain dicts out, amounts as Decimal.

The library builds addresses and headers; what goes wrong is decided below it, in our session. It
is handed a token that lives and never renews one by itself. Bodies are built by us, because its
objects send empty values for everything nobody set, which wipes fields on an update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from quickbooks.client import QuickBooks
from quickbooks.exceptions import QuickbooksException

from batchly_admin.errors import InvalidInput, Reconnect, Rejected, Transient
from batchly_admin.qbo import errors
from batchly_admin.qbo.auth import Logins
from batchly_admin.qbo.session import QboSession

MINOR_VERSION = 75
PAGE = 1000
UNAUTHORIZED = 401
REFUSED_LOGIN = "3200"
TOKEN_KEPT = 20.0
VOIDED_BY_UPDATE = frozenset({"Payment", "SalesReceipt", "BillPayment"})

Body = Mapping[str, Any]


class Client:
    """Talks to one QuickBooks company."""

    def __init__(
        self, session: QboSession, logins: Logins, *, connection_id: UUID, realm: str, base_url: str
    ) -> None:
        self.session = session
        self.realm = realm
        self.base_url = base_url
        self.answered_at = ""
        """QuickBooks' own time of its last answer."""
        self._logins = logins
        self._connection_id = connection_id
        self._clock = session.clock
        self._token = (0.0, "")
        self._door = QuickBooks(company_id=realm, minorversion=MINOR_VERSION, use_decimal=True)
        self._door.session = session
        # Both: which one it takes depends on an environment it was never told.
        self._door.api_url_v3 = self._door.sandbox_api_url_v3 = base_url

    def create(self, entity: str, body: Body, *, request_id: str) -> dict[str, Any]:
        """Create a record and give QuickBooks' version of it.

        https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api
        """
        return self._entity(entity, self._post(entity, body, request_id=request_id))

    def update(self, entity: str, body: Body, *, request_id: str) -> dict[str, Any]:
        """Change the fields given (a sparse update); `body` carries Id and SyncToken."""
        sparse = {**body, "sparse": True}
        return self._entity(entity, self._post(entity, sparse, request_id=request_id))

    def void(self, entity: str, body: Body, *, request_id: str) -> dict[str, Any]:
        """Void a transaction; it stays readable with zero amounts."""
        params = {"operation": "void"}
        if entity in VOIDED_BY_UPDATE:
            params = {"operation": "update", "include": "void"}
            body = {**body, "sparse": True}
        return self._entity(entity, self._post(entity, body, request_id=request_id, params=params))

    def delete(self, entity: str, body: Body, *, request_id: str) -> dict[str, Any]:
        """Delete a transaction; `body` carries Id and SyncToken."""
        params = {"operation": "delete"}
        return self._entity(entity, self._post(entity, body, request_id=request_id, params=params))

    def read(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Give one record by its id."""
        number = _plain_id(qbo_id)
        return self._entity(
            entity, self._call(lambda: self._door.get_single_object(entity, number))
        )

    def query(
        self, entity: str, where: str = "", *, order: str = "Id", start: int = 1, limit: int = PAGE
    ) -> list[dict[str, Any]]:
        """Give one page of records; `where` is built with `equals` and its kin.

        https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries
        """
        condition = f" WHERE {where}" if where else ""
        # Without an order QuickBooks gives one of its own, and pages then overlap.
        text = (
            f"SELECT * FROM {entity}{condition} ORDERBY {order} "  # noqa: S608 - values are quoted
            f"STARTPOSITION {start} MAXRESULTS {limit}"
        )
        answer = self._call(lambda: self._door.query(text.encode()))
        found = _section(answer, "QueryResponse").get(entity, [])
        return list(found)

    def pages(self, entity: str, where: str = "", *, limit: int = PAGE) -> Iterator[list[Any]]:
        """Give every record, page after page, each record once."""
        start = 1
        seen: set[str] = set()
        while True:
            page = self.query(entity, where, start=start, limit=limit)
            fresh = [row for row in page if str(row.get("Id")) not in seen]
            seen.update(str(row.get("Id")) for row in fresh)
            if fresh:
                yield fresh
            if len(page) < limit:
                return
            start += limit

    def count(self, entity: str, where: str = "") -> int:
        """Give how many records there are."""
        condition = f" WHERE {where}" if where else ""
        text = f"SELECT COUNT(*) FROM {entity}{condition}"  # noqa: S608 - values are quoted
        answer = self._call(lambda: self._door.query(text.encode()))
        return int(_section(answer, "QueryResponse").get("totalCount", 0))

    def changes(
        self, entities: Sequence[str], since: datetime
    ) -> tuple[dict[str, list[dict[str, Any]]], str]:
        """Give what changed since a moment, by entity, and QuickBooks' own time of the answer.

        https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture
        """
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self._call(lambda: self._door.change_data_capture(",".join(entities), moment))
        faults = errors.read_faults(answer.get("CDCResponse"))
        parts: list[Any] = []
        for response in answer.get("CDCResponse") or []:
            faults = faults or errors.read_faults(response)
            parts.extend(response.get("QueryResponse") or [])
        if faults:
            raise errors.classify(errors.OK, faults, tid=self._tid())
        found: dict[str, list[dict[str, Any]]] = {entity: [] for entity in entities}
        for part in parts:
            for entity in entities:
                found[entity].extend(part.get(entity) or [])
        return found, str(answer.get("time") or "")

    def batch(self, items: Sequence[Body], *, request_id: str) -> dict[str, dict[str, Any]]:
        """Send up to 25 items in one call; give each answer, which may be a fault, by its bId."""
        body = {"BatchItemRequest": list(items)}
        url = f"{self._base}/batch"
        answer = self._call(
            lambda: self._door.post(url, orjson.dumps(body, default=_number), request_id=request_id)
        )
        parts = answer.get("BatchItemResponse") or []
        return {str(part.get("bId")): dict(part) for part in parts}

    def preferences(self) -> dict[str, Any]:
        """Give the company's preferences."""
        answer = self._call(lambda: self._door.get(f"{self._base}/preferences"))
        return self._entity("Preferences", answer)

    def company_info(self) -> dict[str, Any]:
        """Give the company's name, address and country."""
        answer = self._call(lambda: self._door.get(f"{self._base}/companyinfo/{self.realm}"))
        return self._entity("CompanyInfo", answer)

    @property
    def _base(self) -> str:
        return f"{self._door.api_url_v3}/company/{self.realm}"

    def _post(
        self, entity: str, body: Body, *, request_id: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        content = orjson.dumps(body, default=_number)
        url = f"{self._base}/{entity.lower()}"
        return self._call(
            lambda: self._door.post(url, content, params=dict(params or {}), request_id=request_id)
        )

    def _call(self, call: Any) -> dict[str, Any]:
        token = self._token_now()
        self.session.access_token = token
        try:
            return self._guarded(call)
        except Reconnect as error:
            if error.http_status != UNAUTHORIZED:
                raise
        # The token may have been taken back early: one new one, one more try.
        self._token = (self._clock.monotonic() - TOKEN_KEPT, token)
        self.session.access_token = self._logins.renew(self._connection_id, seen=token)
        return self._after_renewal(call)

    def _after_renewal(self, call: Any) -> dict[str, Any]:
        """Call with a token that was given out a moment ago; the log-in itself is good, then.

        Raises:
            Transient: QuickBooks does not know its own token yet, which passes by itself.
        """
        try:
            return self._guarded(call)
        except Reconnect as error:
            if error.fault_code != REFUSED_LOGIN:
                raise
            words = "QuickBooks gave a new token and does not take it yet."
            raise Transient(words, code=error.fault_code, tid=error.tid) from error

    def _token_now(self) -> str:
        # Kept for some seconds: the database need not be asked for every call of a drain.
        asked_at, token = self._token
        now = self._clock.monotonic()
        if not token or now - asked_at >= TOKEN_KEPT:
            token = self._logins.token(self._connection_id)
            self._token = (now, token)
        return token

    def _guarded(self, call: Any) -> dict[str, Any]:
        try:
            answer = call()
        except QuickbooksException as error:
            raise errors.unreadable(errors.OK, tid=self._tid()) from error
        if not isinstance(answer, dict):
            raise errors.unreadable(errors.OK, tid=self._tid())
        self.answered_at = str(answer.get("time") or "")
        return answer

    def _entity(self, entity: str, answer: Body) -> dict[str, Any]:
        found = answer.get(entity)
        if not isinstance(found, dict) or not found.get("Id", entity == "Preferences"):
            # An empty success was seen for writes that were never made: the outcome is unknown.
            raise errors.unreadable(errors.OK, tid=self._tid())
        return found

    def _tid(self) -> str | None:
        return self.session.calls[-1].tid if self.session.calls else None


def _section(answer: Body, key: str) -> Body:
    found = answer.get(key)
    if not isinstance(found, dict):
        raise errors.unreadable(errors.OK, tid=None)
    return found


def _number(value: Any) -> Any:
    # A number as it is written, digit for digit: it never becomes a binary fraction.
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)


def _plain_id(qbo_id: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", qbo_id):
        raise Rejected(f"{qbo_id!r} is not an id of QuickBooks.")
    return qbo_id


def quote(value: str) -> str:
    """Give a text as a literal of QuickBooks' query language.

    Raises:
        InvalidInput: the text holds control characters, which no literal can.
    """
    if any(ord(sign) < 32 for sign in value):
        raise InvalidInput("QuickBooks cannot be asked for a text with control characters.")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def equals(field: str, value: str) -> str:
    """Give the condition that a field equals a text."""
    return f"{field} = {quote(value)}"


def one_of(field: str, values: Sequence[str]) -> str:
    """Give the condition that a field equals one of some texts."""
    return f"{field} IN ({', '.join(quote(value) for value in values)})"


ALSO_INACTIVE = "Active IN (true, false)"
