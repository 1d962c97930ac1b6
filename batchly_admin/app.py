"""Where the house is put together; nothing else wires one part to another."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from batchly_admin.admin_views.mount import mount
from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine, make_glances, make_readers, make_sessions
from batchly_admin.domain.files import Limits
from batchly_admin.jobs import background
from batchly_admin.jobs.bells import Bells, connect
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.qbo import crash
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.throttle import Pace
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.mailing import MailServer
from batchly_admin.services.unit_of_work import UnitOfWorks
from config import schedule
from config.settings import Settings

HERE = Path(__file__).parent


def build_runtime(settings: Settings) -> Runtime:
    """Put together what every process needs: database, clock, bells and the sync engine."""
    crash.arm(settings.crash_at)
    database = make_engine(settings.database_url)
    sessions, readers = make_sessions(database), make_readers(database)
    clock = SystemClock()
    redis = connect(settings.redis_url)
    bells = Bells(redis)
    uows = UnitOfWorks(sessions, readers, clock, bells.ring)
    box = TokenBox(settings.token_keys)
    access = Access(
        environment=settings.qbo_environment,
        client_id=settings.qb_client_id,
        client_secret=settings.qb_client_secret,
        redirect_uri=settings.qb_redirect_uri or "",
        discovery_url=settings.qb_discovery_document,
        api_base=settings.qb_api_base,
    )
    pace = Pace(per_second=settings.qbo_calls_per_second, per_minute=settings.qbo_calls_per_minute)
    engine = Engine(uows, box, access, connection=redis, pace=pace)
    return Runtime(
        database=database,
        sessions=sessions,
        readers=readers,
        glances=make_glances(database),
        uows=uows,
        clock=clock,
        redis=redis,
        redis_url=settings.redis_url,
        bells=bells,
        engine=engine,
        work_runs=background.worker(uows, clock),
        pulls=schedule.PULLS,
        box=box,
        mail_server=_mail_server(settings),
    )


def _mail_server(settings: Settings) -> MailServer | None:
    found = settings.smtp
    if found is None:
        return None
    return MailServer(
        host=found.host,
        port=found.port,
        sender=found.sender,
        security=found.security,
        username=found.username,
        password=found.password,
        base_url=settings.base_url,
    )


def create_app(settings: Settings, runtime: Runtime | None = None) -> Flask:
    """Put the web application together.

    Raises:
        ConfigError: when a route has no guard.
    """
    app = Flask(
        "batchly_admin",
        root_path=str(HERE),
        static_folder=str(HERE / "static"),
        template_folder=str(HERE / "templates"),
    )
    app.config.update(MAX_FORM_MEMORY_SIZE=1024 * 1024, MAX_FORM_PARTS=500, TRUSTED_HOSTS=None)
    furnish(app, settings, runtime or build_runtime(settings))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    mount(app, secure_cookies=settings.secure_cookies)
    return app


def furnish(app: Flask, settings: Settings, runtime: Runtime) -> None:
    """Give an application what belongs to one installation, and nothing remembered yet."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        FILE_LIMITS=Limits(settings.max_file_mb * 1024 * 1024, settings.file_kinds),
        WEBHOOK_VERIFIER_TOKEN=settings.qb_webhook_verifier_token,
    )
    app.extensions.update(batchly=runtime, batchly_company={}, batchly_counts={})
