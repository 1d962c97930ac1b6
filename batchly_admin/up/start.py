"""`batchly up`: put the house together, then hand it to the supervisor."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from batchly_admin.clock import SystemClock
from batchly_admin.up.folder import UP_FILE, listen, lock
from batchly_admin.up.leash import tune_allocator
from batchly_admin.up.own_simulator import OwnSimulator
from batchly_admin.up.redis_server import PrivateRedis, find_program
from batchly_admin.up.supervisor import Servers, Supervisor, bind_to
from config import gunicorn
from config.schedule import TICK_SECONDS
from config.settings import Settings

if TYPE_CHECKING:
    from batchly_admin.up.demo import Login

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class House:
    """What runs when everything runs: how to reach it, and who may log in."""

    url: str
    simulator: dict[str, Any] | None
    logins: tuple[Login, ...]


def run(settings: Settings, *, demo: bool, port: int | None, say: Say) -> None:
    """Run all roles until SIGTERM or SIGINT.

    SIGHUP stops everything and starts it again with settings read anew, on the same port.

    Raises:
        ConfigError: the folder is in use, the port is taken, or a server does not start.
    """
    # While modules load, nothing becomes garbage and collecting takes a fifth of the time.
    gc.disable()
    clock = SystemClock()
    held = lock(settings.data_dir)
    # After a crash the last one's note would send people to a dead address.
    (settings.data_dir / UP_FILE).unlink(missing_ok=True)
    listener = _listen(settings, port, say) if "web" in settings.roles else None
    servers = _servers(settings, clock, demo=demo, say=say)
    supervisor = Supervisor(settings.data_dir, clock, servers)
    supervisor.watch_signals()
    tune_allocator()
    try:
        if servers.simulator is not None:
            servers.simulator.launch()
        if servers.redis is not None:
            servers.redis.start()
            settings = replace(settings, redis_url=servers.redis.url)
        house = _build(settings, supervisor, servers, listener, demo=demo, say=say)
        supervisor.run(
            url=house.url, simulator=house.simulator, announce=lambda: _announce(house, say)
        )
    finally:
        supervisor.stop()
        held.close()
    if supervisor.restart_wanted:
        _start_again(settings, listener, demo=demo)


def _start_again(settings: Settings, listener: socket.socket | None, *, demo: bool) -> None:
    words = ["up", "--data", str(settings.data_dir), *(["--demo"] if demo else [])]
    if listener is not None:
        words += ["--port", str(listener.getsockname()[1])]
        listener.close()
    safe = ["-P"] if sys.flags.safe_path else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *safe, "-m", "batchly_admin", *words])  # noqa: S606 - ourselves


def _listen(settings: Settings, port: int | None, say: Say) -> socket.socket:
    wanted = settings.port if port is None else port
    fixed = port is not None or settings.port_given
    listener = listen(settings.bind_host, wanted, fixed=fixed)
    taken = listener.getsockname()[1]
    if wanted not in (0, taken):
        say(f"Port {wanted} is in use; Batchly takes {taken} instead.")
    return listener


def _servers(settings: Settings, clock: SystemClock, *, demo: bool, say: Say) -> Servers:
    redis = None
    if settings.redis_url is None:
        if find_program() is None:
            say("There is no Redis here: background work starts with up to a second's delay.")
        else:
            redis = PrivateRedis(settings.data_dir, clock)
    simulator = None
    if settings.runs_own_simulator:
        simulator = OwnSimulator(settings.data_dir, clock, company="demo" if demo else "empty")
    return Servers(redis, simulator)


def _build(
    settings: Settings,
    supervisor: Supervisor,
    servers: Servers,
    listener: socket.socket | None,
    *,
    demo: bool,
    say: Say,
) -> House:
    # Imported here so that Redis and the simulator start while Python loads the application.
    from batchly_admin import migrations, scheduler, worker, wsgi
    from batchly_admin.app import build_runtime, create_app
    from batchly_admin.qbo.auth import connect_simulator
    from batchly_admin.up.demo import prepare_demo

    runtime = build_runtime(settings)
    if not migrations.is_current(runtime.database):
        migrations.upgrade(runtime.database)
    details = servers.simulator.details() if servers.simulator is not None else None
    if details is not None:
        connect_simulator(runtime.uows, runtime.box, details)
        secret = str(details.get("webhook_verifier_token") or "")
        settings = replace(settings, qb_webhook_verifier_token=secret or None)
    logins = prepare_demo(runtime, settings.data_dir, say=say) if demo else ()
    app = create_app(settings, runtime)
    runtime.dispose()

    url = ""
    if listener is not None:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if servers.simulator is not None:
            servers.simulator.tell(f"{url}/webhooks/quickbooks")
        options = gunicorn.options(
            bind=bind_to(listener), threads=settings.web_threads, log_level=settings.log_level
        )
        supervisor.add("web", lambda: wsgi.serve(app, options))
    if "worker" in settings.roles:
        supervisor.add("worker", lambda: worker.serve(runtime, log_level=settings.log_level))
    if "scheduler" in settings.roles:
        supervisor.add("scheduler", lambda: scheduler.serve(runtime, interval=TICK_SECONDS))
    return House(url, details, logins)


def _announce(house: House, say: Say) -> None:
    say(f"\nBatchly runs at {house.url}")
    if house.simulator is not None:
        say(f"QuickBooks is simulated: {house.simulator.get('control_url', '')}")
    if house.logins:
        say("\nLog in as one of:")
        for login in house.logins:
            say(f"  {login.email:<30} {login.password}   ({login.role})")
    if sys.stdin.isatty():
        say("\nCtrl-C stops everything; the data stay.")
