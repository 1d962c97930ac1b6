"""The errors of Batchly, sorted by what to do about them.

BatchlyError
UserError                 the person can put it right
InvalidInput            one or many fields, each with its reason
NotAllowed              the right or the role is missing
NotFound
Conflict
StaleEdit             somebody changed it since
IllegalTransition     this status cannot become that one
DocumentLocked        issued, or in a closed period
NumberTaken
GapNotExplained
SyncError                 becomes the state of a queue row, never a page
Transient               no answer or a server error: try again
Throttled               carries retry_after
Reconnect               the login or the subscription ended
ParentMissing           another record has to go first
StaleRemote             somebody changed the record in QuickBooks
AlreadyThere            number or name exists: look it up
Rejected                QuickBooks says no; trying again will not help
Mismatch                accepted, but not what was sent
ConfigError               only at start
"""

from __future__ import annotations

from dataclasses import dataclass

from batchly_admin.words import _


@dataclass(frozen=True, slots=True)
class Refusal:
    """One value that was not accepted: where it stood and why."""

    field: str
    reason: str
    value: str | None = None


class BatchlyError(Exception):
    """Something went wrong in Batchly."""

    code = "error"
    status = 500

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        self.field = field

    @property
    def message(self) -> str:
        """The sentence a person reads, in their language when it is one that does not vary."""
        return _(str(self.args[0]))


class UserError(BatchlyError):
    """This cannot be done as asked."""

    code = "invalid"
    status = 400


class InvalidInput(UserError):
    """Some values are not usable."""

    code = "invalid_input"
    status = 422

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        refusals: tuple[Refusal, ...] = (),
    ) -> None:
        super().__init__(message, field=field)
        if not refusals and field:
            refusals = (Refusal(field, self.message),)
        self.refusals = refusals


class NotAllowed(UserError):
    """Your role does not include this."""

    code = "not_allowed"
    status = 403


class NotFound(UserError):
    """There is no such record."""

    code = "not_found"
    status = 404


class Conflict(UserError):
    """The record is not in a state that allows this."""

    code = "conflict"
    status = 409


class StaleEdit(Conflict):
    """Somebody changed this record since you opened it."""

    code = "stale_edit"


class IllegalTransition(Conflict):
    """This status cannot be reached from the present one."""

    code = "illegal_transition"


class DocumentLocked(Conflict):
    """This document is issued and can no longer be changed."""

    code = "locked"


class NumberTaken(Conflict):
    """This number is already in use."""

    code = "number_taken"


class GapNotExplained(Conflict):
    """A number of the series is missing and nobody has explained why."""

    code = "gap"


class SyncError(BatchlyError):
    """QuickBooks did not take the record.

    Args of the constructor: `code` is Intuit's fault code or our class name, `http_status` the
    answer's status, `tid` Intuit's trace id of the call, `hint` what a person can do.
    """

    error_class = "internal"

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str = "",
        http_status: int | None = None,
        tid: str | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.fault_code = code
        self.http_status = http_status
        self.tid = tid
        self.hint = hint


class Transient(SyncError):
    """QuickBooks could not be reached or had a problem of its own."""

    error_class = "transient"


class Throttled(SyncError):
    """QuickBooks asked us to slow down."""

    error_class = "throttled"

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: float = 60.0,
        code: str = "3001",
        tid: str | None = None,
    ) -> None:
        super().__init__(message, code=code, http_status=429, tid=tid)
        self.retry_after = retry_after


class Reconnect(SyncError):
    """The login to QuickBooks has ended; an admin has to connect again."""

    error_class = "login"


class ParentMissing(SyncError):
    """Another record has to reach QuickBooks first."""

    error_class = "parent"


class StaleRemote(SyncError):
    """The record was changed in QuickBooks meanwhile."""

    error_class = "stale"


class AlreadyThere(SyncError):
    """QuickBooks already has a record with this name or number."""

    error_class = "duplicate"


class Rejected(SyncError):
    """QuickBooks does not accept the record as it is."""

    error_class = "rejected"


class Mismatch(SyncError):
    """QuickBooks took the record, but it differs from ours."""

    error_class = "mismatch"


class ConfigError(BatchlyError):
    """The installation is not set up correctly."""

    code = "config"
