"""What the status page shows, put together from the engine's figures, the queries and reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import redis
from croniter import croniter
from sqlalchemy.orm import Session

from batchly_admin.admin_views import links
from batchly_admin.admin_views.report_parts import span, written
from batchly_admin.domain.sync_causes import cause_label
from batchly_admin.jobs import schedule as slots
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.models.watching import SyncRun
from batchly_admin.qbo.throttle import Pace, calls_in_last_minute
from batchly_admin.queries import sync_status as figures
from batchly_admin.reports import quickbooks_health, quickbooks_performance, quickbooks_usage
from batchly_admin.reports.measures import among, equal, link
from batchly_admin.reports.periods import last_days
from batchly_admin.services import sending
from batchly_admin.words import _

COUNTS = ("completed", "pending", "processing", "blocked", "failed")
LABELS = {"terms": "Payment terms", "reconcile": "Comparison of both books"}
SUCCESS_DAYS, LATENCY_DAYS, GOAL = 30, 7, 99
RUN_WORDS = {"push": "To QuickBooks", "pull": "From QuickBooks", "reconcile": "Comparison"}
STATE_TONES = {"done": "green", "failed": "red", "running": "blue", "pending": "amber"}
STATE_WORDS = {"done": "Done", "failed": "Failed", "running": "Running", "pending": "Waiting"}


def label(name: str) -> str:
    """Give what people call a type of record."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def connection(session: Session, found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Give the connection card: company, since when, the clocks of the login, and words."""
    state = found["connection"]
    grant = quickbooks_health.grant_of(session)
    left = grant.days_left(now) if grant is not None else None
    return {
        "company": state.get("company_name"),
        "realm_id": state.get("realm_id"),
        "environment": state.get("environment"),
        "connected_at": grant.connected_at if grant is not None else None,
        "access_ends_at": grant.access_ends_at if grant is not None else None,
        "refresh_ends_at": grant.refresh_ends_at if grant is not None else None,
        "days_left": left,
        "ends_soon": left is not None and left <= 30,
        "last_call_at": state.get("last_call_at"),
        "detail": state.get("words") or None,
        "next_try_at": state.get("next_try_at") if state.get("words") else None,
    }


def types(session: Session, found: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Give one row for each type of record: lately, waiting, failed, and the last success."""
    kinds = {kind.plural: kind.entity_type for kind in SYNCED.values()}
    pushed_lately = figures.recent(session, now)
    pulled_lately = figures.pulled_recently(session, now)
    rows = []
    for name, counts in found["types"].items():
        kind, pulled = kinds.get(name), name in found["pulls"]
        done, failed = pushed_lately.get(kind or "", (0, 0))
        changed, failed_pulls = pulled_lately.get(name, (0, 0))
        rows.append(
            {
                "type": name,
                "label": label(name),
                "direction": "both" if kind and pulled else "push" if kind else "pull",
                **{count: counts[count] for count in COUNTS},
                "recent_ok": done,
                "recent_pulled": changed,
                "recent_failed": failed + failed_pulls,
                "last_success_at": counts["last_success_at"],
                "send_url": f"/admin/quickbooks/send/{kind}" if kind in sending.GRIDS else None,
                "waiting_href": links.href(_queue(kind, *figures.OPEN)) if kind else None,
                "failed_href": links.href(_queue(kind, "failed")) if kind else None,
                "recent_href": links.href(_queue(kind, "completed")) if kind else None,
            }
        )
    return rows


def _queue(kind: str, *states: str) -> Any:
    return link("sync_queue", equal("entity_type", kind), among("status", states))


def totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Give the sums over all types."""
    return {count: sum(row[count] for row in rows) for count in COUNTS}


def measures(session: Session, now: datetime, zone: str) -> dict[str, Any]:
    """Give success rate, push latency and the age of the backlog."""
    today = now.astimezone(ZoneInfo(zone)).date()
    month = quickbooks_performance.success(session, last_days(SUCCESS_DAYS, today=today, zone=zone))
    week = quickbooks_performance.headline(session, last_days(LATENCY_DAYS, today=today, zone=zone))
    backlog = quickbooks_performance.backlog(session)
    age = (now - backlog.oldest_at).total_seconds() if backlog.oldest_at is not None else 0
    return {
        "success_words": written("percent", month.rate),
        "success_tone": "" if month.rate is None else "green" if month.rate >= GOAL else "red",
        "success_href": links.href(month.failed_rows),
        "failed_data": month.failed_data,
        "p50_words": written("span", week.p50),
        "p95_words": written("span", week.p95),
        "longest_words": written("span", week.longest),
        "latency_href": links.href(week.completed_rows),
        "backlog": backlog.count,
        "backlog_href": links.href(backlog.rows),
        "oldest_at": backlog.oldest_at,
        "backlog_tone": "red" if age > 600 else "amber" if age > 300 else "",
    }


def usage(
    session: Session, redis_of: redis.Redis | None, realm: str | None, pace: Pace, now: datetime
) -> dict[str, Any]:
    """Give the calls of the last minute against our pace, and the month against the allowance."""
    month = quickbooks_usage.month(session, now.astimezone(UTC).date())
    recent = calls_in_last_minute(redis_of, realm) if realm else None
    return {
        "calls": recent[0] if recent is not None else None,
        "batches": recent[1] if recent is not None else None,
        "per_minute": pace.per_minute,
        "batches_per_minute": pace.batches_per_minute,
        "metered": month.metered,
        "unmetered": month.unmetered,
        "forecast": month.forecast,
        "allowance": quickbooks_usage.ALLOWANCE,
        "used_percent": month.used_percent,
        "forecast_percent": month.forecast_percent,
        "tone": "amber" if month.forecast_percent >= quickbooks_usage.GOAL_PERCENT else "",
        "month_href": links.href(month.rows),
    }


def causes(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Give what failed in the last seven days, by cause, with the rows behind each."""
    rows = []
    for cause in figures.failed_causes(session, now):
        since = (now - figures.WEEK).isoformat()
        behind = link(
            "sync_queue",
            equal("status", "failed"),
            equal("error_class", cause.error_class),
            equal("error_code", cause.error_code),
            {"column": "first_failed_at", "operator": "gte", "value": since},
        )
        rows.append(
            {
                "label": cause.label,
                "error_class": cause.error_class or "",
                "error_code": cause.error_code or "",
                "count": cause.count,
                "types": ", ".join(label(name).lower() for name in cause.types),
                "since": cause.since,
                "example": cause.example,
                "hint": cause.hint,
                "href": links.href(behind),
            }
        )
    return rows


def failed(row: SyncQueueRow, *, can_retry: bool) -> dict[str, Any]:
    """Give one document that needs somebody."""
    return {
        "id": row.id,
        "label": row.label or str(row.entity_id),
        "href": links.synced_href(row.entity_type, row.entity_id),
        "type_label": label(row.entity_type),
        "cause": row.error_message or cause_label(row.error_class),
        "advice": row.error_hint or "",
        "attempts": row.attempts,
        "failed_at": row.first_failed_at or row.updated_at,
        "badge": [row.status, "Blocked" if row.status == "blocked" else "Failed", ""],
        "retry_url": f"/admin/quickbooks/retry/{row.id}" if can_retry else None,
        "attempts_url": f"/admin/quickbooks/attempts/{row.id}",
    }


def schedule(
    session: Session, pulls: Mapping[str, str], *, now: datetime, zone: str
) -> list[dict[str, Any]]:
    """Give the pulls that run by the clock, whether their news are fresh, and their next time."""
    plan = slots.plan(session, pulls)
    return [
        {
            "type": one.sync_type,
            "label": label(one.sync_type),
            "when": words_of(plan[one.sync_type]),
            "next_at": one.next_at,
            "last_at": one.last_success_at,
            "badge": {
                "label": _("Late") if one.is_late else _("Fresh"),
                "tone": "red" if one.is_late else "green",
                "hint": one.message or "",
            }
            if one.last_success_at or one.is_late
            else None,
            "message": one.message,
            "href": links.href(one.rows),
        }
        for one in quickbooks_health.freshness(session, plan, now, zone)
    ]


def words_of(cron: str) -> str:
    """Give a cron line in words; lines of another form than ours are given as they are."""
    parts = cron.split()
    if len(parts) != 5 or not croniter.is_valid(cron):
        return cron
    minute, hour, _day, _month, weekday = parts
    if hour == "*" and minute.isdigit():
        return "Every hour"
    if not (minute.isdigit() and hour.isdigit() and (weekday == "*" or weekday.isdigit())):
        return cron
    days = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    rhythm = "Daily" if weekday == "*" else days[int(weekday) % 7]
    return f"{rhythm} at {int(hour):02d}:{int(minute):02d}"


def progress(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Give what is under way, and the summary of what has just ended."""
    return [_progress(one) for one in figures.progress(session, now)]


def _progress(one: figures.Progress) -> dict[str, Any]:
    is_pull = one.key.startswith("slot-")
    name = label(one.label) if one.label == "reconcile" else f"Fetch {label(one.label).lower()}"
    if is_pull:
        words = {
            "pending": "Waiting for its turn",
            "running": "Under way",
            "done": f"Done: {one.ok} changed" if one.ok else "Done",
            "failed": f"Failed. {one.message}",
        }[one.state]
        if one.state == "pending" and one.message:
            words = f"Tried again soon. {one.message}"
    else:
        counted = f"{one.ok} sent, {one.failed} failed"
        words = f"Finished: {counted}" if one.is_over else f"{one.done}/{one.total}: {counted}"
    return {
        "key": one.key,
        "label": name if is_pull else one.label,
        "total": one.total,
        "done": one.done,
        "words": words,
        "state": one.state,
        "tone": "amber" if one.is_over and one.failed else "green" if one.is_over else "",
        "at": one.at,
    }


def history(session: Session, *, limit: int) -> list[dict[str, Any]]:
    """Give the last runs, newest first."""
    return [_run(run) for run in figures.runs(session, limit=limit)]


def _run(run: SyncRun) -> dict[str, Any]:
    words = RUN_WORDS.get(run.kind, run.kind.capitalize())
    return {
        "label": label(run.name)
        if run.name
        else (_("Documents") if run.kind == "push" else _("Books")),
        "direction": words,
        "badge": {
            "label": STATE_WORDS.get(run.state, run.state),
            "tone": STATE_TONES.get(run.state, "neutral"),
            "hint": run.message or "",
        },
        "started_at": run.started_at,
        "duration": span((run.finished_at - run.started_at).total_seconds() * 1000),
        "ok": run.ok,
        "failed": run.failed,
        "message": run.message,
        "href": f"/sync-runs/{run.id}",
    }
