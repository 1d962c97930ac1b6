"""The three roles as processes of their own, for dynos that are scaled out."""

from __future__ import annotations

from collections.abc import Callable

from batchly_admin import scheduler, worker, wsgi
from batchly_admin.app import build_runtime, create_app
from batchly_admin.up.folder import listen
from batchly_admin.up.leash import tune_allocator
from batchly_admin.up.supervisor import bind_to
from config import gunicorn
from config.schedule import TICK_SECONDS
from config.settings import Settings


def run_web(settings: Settings, *, port: int | None, say: Callable[[str], None]) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Raises:
        ConfigError: the port is taken.
    """
    tune_allocator()
    wanted = settings.port if port is None else port
    listener = listen(settings.bind_host, wanted, fixed=True)
    say(f"Batchly answers on port {listener.getsockname()[1]}.")
    wsgi.serve(
        create_app(settings),
        gunicorn.options(
            bind=bind_to(listener), threads=settings.web_threads, log_level=settings.log_level
        ),
    )


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    tune_allocator()
    worker.serve(build_runtime(settings), log_level=settings.log_level)


def run_scheduler(settings: Settings) -> None:
    """Keep the schedule until SIGTERM or SIGINT."""
    tune_allocator()
    scheduler.serve(build_runtime(settings), interval=TICK_SECONDS)
