"""The company, its people, and what each of them set up."""

from __future__ import annotations

from batchly_admin.grid.choices import Reading, ReadingKind
from batchly_admin.grid.columns import TIMES, column, fixed
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.company import (
    CustomField,
    LoginSession,
    LoginThrottle,
    Notification,
    Organization,
    Role,
    SavedView,
    Setting,
    User,
)
from batchly_admin.models.pasting import PasteReading

ORGANIZATIONS = Table(
    name="organizations",
    model=Organization,
    title="Company",
    singular="company",
    group="Company",
    icon="home",
    path="/company",
    area="organization",
    declared=(
        column("name", width=220, frozen=True),
        column("legal_name", width=220),
        column("email"),
        column("phone"),
        column("website", width=180),
        column("address"),
        column("time_zone", help="Like America/New_York."),
        column("currency", width=90),
        column("locale", width=90),
        column("order_prefix", label="Order numbers", width=110),
        column("invoice_prefix", label="Invoice numbers", width=120),
        column("credit_memo_prefix", label="Credit memo numbers", width=150),
        column("payment_prefix", label="Payment numbers", width=130),
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name",),
    can_create=False,
    can_delete=False,
    form_groups=(
        ("Company", ("name", "legal_name", "email", "phone", "website", "address")),
        ("Language", ("time_zone", "currency", "locale")),
        ("Numbers", ("order_prefix", "invoice_prefix", "credit_memo_prefix", "payment_prefix")),
    ),
    empty=Empty("The company is not set up"),
)

# People are made with a password and roles, on pages of their own.
USERS = Table(
    name="users",
    model=User,
    title="Users",
    singular="user",
    group="Company",
    icon="users",
    declared=(
        column("name", width=200, frozen=True),
        column("email"),
        column("is_active", label="Active"),
        fixed("last_login_at", label="Last log-in"),
        fixed("password_changed_at", label="Password changed"),
        *TIMES,
    ),
    label_column="name",
    detail="email",
    known_by=("email",),
    default_sort=("name",),
    search=("name", "email"),
    can_create=False,
    can_delete=False,
    empty=Empty("No users yet"),
    related=(("login_sessions", "user_id"),),
)

# What a role may do stands in the code, so that nobody can grant it by a cell.
ROLES = Table(
    name="roles",
    model=Role,
    title="Roles",
    singular="role",
    group="Company",
    icon="roles",
    area="users",
    declared=(column("label", label="Role", width=200, frozen=True), column("name", width=160)),
    label_column="label",
    default_sort=("label",),
    search=("label", "name"),
    read_only=True,
    empty=Empty("No roles yet"),
)

SETTINGS = Table(
    name="settings",
    model=Setting,
    title="Settings",
    singular="setting",
    group="Company",
    icon="settings",
    declared=(column("key", label="Setting", width=260, frozen=True), column("value"), *TIMES),
    label_column="key",
    default_sort=("key",),
    search=("key",),
    read_only=True,
    empty=Empty("Everything is as delivered", "A setting that was changed is listed here."),
)

CUSTOM_FIELDS = Table(
    name="custom_fields",
    model=CustomField,
    title="Custom fields",
    singular="custom field",
    group="Company",
    icon="table",
    declared=(
        column("label", width=200, frozen=True),
        column("table_name", label="Table"),
        column("name", width=160),
        column("kind", width=120),
        column("position", width=90),
        column("is_active", label="Active"),
        fixed("choices"),
        *TIMES,
    ),
    label_column="label",
    default_sort=("table_name", "position"),
    search=("label", "table_name", "name"),
    actions=("delete",),
    empty=Empty("No custom fields yet", "Columns that your company added to its tables."),
)

SAVED_VIEWS = Table(
    name="saved_views",
    model=SavedView,
    title="Saved views",
    singular="saved view",
    group="Company",
    icon="table",
    declared=(
        column("name", width=220, frozen=True),
        fixed("table_name", label="Table"),
        # Shared, pinned and for whom: its owner says so in the grid itself.
        fixed("is_shared", label="Shared"),
        fixed("is_pinned", label="Tab"),
        fixed("user_id", label="Owner", link="users", width=160),
        fixed("base_id", label="Layer of", link="saved_views", width=160),
        column("position", width=90),
        fixed("state", hidden=True),
        *TIMES,
    ),
    label_column="name",
    default_sort=("table_name", "position"),
    search=("name", "table_name"),
    can_create=False,
    actions=("delete",),
    empty=Empty("No saved views yet", "A grid as somebody likes it: columns, filters, sort."),
)

PASTE_READINGS = Table(
    name="paste_readings",
    model=PasteReading,
    title="Paste answers",
    singular="paste answer",
    group="Company",
    icon="table",
    area="users",
    declared=(
        fixed("table_name", label="Table", frozen=True),
        fixed("column_name", label="Column"),
        fixed("kind", choices=ReadingKind),
        fixed("reading", label="Read as", choices=Reading, width=160),
        fixed("user_id", label="Person", link="users", width=160),
        *TIMES,
    ),
    label_column="column_name",
    default_sort=("table_name", "column_name"),
    search=("table_name", "column_name"),
    can_create=False,
    actions=("delete",),
    empty=Empty("Nothing answered yet", "How people want pasted dates and decimals to be read."),
)

NOTIFICATIONS = Table(
    name="notifications",
    model=Notification,
    title="Notifications",
    singular="notification",
    group="Company",
    icon="bell",
    declared=(
        column("title", width=280, frozen=True),
        column("body", label="Text", width=320),
        column("kind", width=120),
        column("user_id", label="For", link="users", width=160),
        column("created_at", label="When"),
        column("read_at", label="Read"),
        column("link", width=200),
    ),
    label_column="title",
    default_sort=("-created_at",),
    search=("title", "body"),
    read_only=True,
    views=(QuickView("Unread", ({"column": "read_at", "operator": "empty", "value": None},)),),
    empty=Empty("Nothing new", "What needs somebody's attention is listed here."),
)

LOGIN_SESSIONS = Table(
    name="login_sessions",
    model=LoginSession,
    title="Log-ins",
    singular="log-in",
    group="Company",
    icon="shield",
    area="users",
    declared=(
        column("user_id", link="users", width=200),
        column("address", width=140),
        column("user_agent", label="Browser", width=280),
        column("created_at", label="Since"),
        column("last_seen_at", label="Last seen"),
        column("expires_at", label="Ends"),
    ),
    label_column="address",
    default_sort=("-last_seen_at",),
    search=("user_id", "address"),
    read_only=True,
    empty=Empty("Nobody is logged in"),
)

LOGIN_THROTTLES = Table(
    name="login_throttles",
    model=LoginThrottle,
    title="Failed log-ins",
    singular="failed log-in",
    group="Company",
    icon="shield",
    area="users",
    declared=(
        column("key", label="Account or address", width=320, frozen=True),
        column("failures", width=90),
        column("last_failure_at", label="Last failure"),
        column("blocked_until"),
    ),
    label_column="key",
    default_sort=("-last_failure_at",),
    search=("key",),
    read_only=True,
    empty=Empty("No failed log-ins"),
)

TABLES = (
    ORGANIZATIONS,
    USERS,
    ROLES,
    SETTINGS,
    CUSTOM_FIELDS,
    SAVED_VIEWS,
    PASTE_READINGS,
    NOTIFICATIONS,
    LOGIN_SESSIONS,
    LOGIN_THROTTLES,
)
