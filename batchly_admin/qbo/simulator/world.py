"""One running simulator: store, clock, books, log-ins, limits and faults put together."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.store import Store
from batchly_admin.qbo.simulator.companies import filling
from batchly_admin.qbo.simulator.entities import load
from batchly_admin.qbo.simulator.faults.injection import Injector
from batchly_admin.qbo.simulator.faults.limits import Limits
from batchly_admin.qbo.simulator.oauth import OAuth
from batchly_admin.qbo.simulator.wire.values import stamp


class World:
    """Everything one process of the simulator holds."""

    def __init__(self, data_dir: Path, company: str) -> None:
        entities = load()
        self.store = Store(data_dir, entities)
        self.oauth = OAuth(self.store, self.now)
        self.books = Books(self.store, entities, self.now)
        self.by_path = {one.spec.path: one for one in entities.values()}
        self.limits = Limits()
        self.injector = Injector()
        self.changed = threading.Event()
        if "company" not in self.store.meta:
            self.reset(company)

    def now(self) -> datetime:
        """Give the moment the simulator lives in: the machine's, moved by the control page."""
        offset = float(self.store.meta.get("clock.offset", 0))
        return datetime.now(UTC) + timedelta(seconds=offset)

    def stamp(self) -> str:
        """Give the present moment as QuickBooks writes it."""
        return stamp(self.now())

    def settings(self) -> dict[str, Any]:
        """Give the switches of the control page."""
        found: dict[str, Any] = self.store.meta.get("settings", {})
        return found

    def meter(self, *, is_read: bool) -> None:
        """Count one call, as coreplus when it takes data out and as core otherwise."""
        with self.store.lock:
            metering = dict(self.store.meta.get("metering", {}))
            names = ("coreplus", self._month()) if is_read else ("core",)
            for name in names:
                metering[name] = int(metering.get(name, 0)) + 1
            self.store.set("metering", metering)

    def is_over_quota(self) -> bool:
        """Tell whether this month's calls that take data out are used up."""
        quota = self.settings().get("coreplus_per_month")
        used = self.store.meta.get("metering", {}).get(self._month(), 0)
        return quota is not None and int(used) >= int(quota)

    def _month(self) -> str:
        return f"coreplus {self.now():%Y-%m}"

    def reset(self, company: str) -> None:
        """Start over with a company's books; log-ins and settings stay.

        Raises:
            ValueError: for a company there is not.
        """
        if company not in filling.COMPANIES:
            msg = f"{company} is not one of {', '.join(filling.COMPANIES)}"
            raise ValueError(msg)
        with self.store.lock:
            self.store.wipe()
            filling.fill(self.books, self.oauth.fact("realm_id"), company)
            self.store.set("company", company)

    def introduction(self, base: str) -> dict[str, Any]:
        """Give what a client needs to work with this simulator."""
        return {
            "discovery_url": f"{base}/.well-known/openid_sandbox_configuration/",
            "api_base": f"{base}/v3",
            "client_id": self.oauth.fact("client_id"),
            "client_secret": self.oauth.fact("client_secret"),
            "realm_id": self.oauth.fact("realm_id"),
            "refresh_token": self.oauth.current_refresh_token(),
            "webhook_verifier_token": self.oauth.fact("webhook_verifier_token"),
            "control_url": f"{base}/control",
        }
