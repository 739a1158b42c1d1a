"""The tables of the store; ``migrations/`` makes them, a test checks that both agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0004"
"""The newest revision; it names the last file of ``migrations/versions``."""

VERSION_TABLE = "coorace_eval_version"
"""Where the revision stands, apart from that of any other software in the same database."""

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def plain(text: str) -> str:
    """Text that both databases accept: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Plain(TypeDecorator[str]):
    """Text, kept the same by SQLite and PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean what is written."""
        return None if value is None else plain(value)


class Moment(TypeDecorator[datetime]):
    """A date and time, kept in UTC; one without a time zone is taken as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring to UTC what is written."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give UTC back, where SQLite kept no time zone."""
        return None if value is None else in_utc(value)


class Whole(TypeDecorator[int]):
    """A whole number, also when it comes from a column of pandas."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Write what both drivers know."""
        return None if value is None else int(value)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Plain, nullable=False, **options)


def _of_campaign(name: str, *columns: Column[Any]) -> Table:
    """A table whose rows belong to one campaign and go with it."""
    return Table(
        name,
        METADATA,
        _text("enterprise", primary_key=True),
        Column("year", Whole, primary_key=True, autoincrement=False),
        *columns,
        ForeignKeyConstraint(
            ["enterprise", "year"], ["campaign.enterprise", "campaign.year"], ondelete="CASCADE"
        ),
    )


ENTERPRISE = Table(
    "enterprise",
    METADATA,
    _text("id", primary_key=True),
    _text("label"),
    _text("department"),
    _text("region"),
    _text("commune"),
    _text("group"),
    _text("siret"),
)

ENTERPRISE_KIND = Table(
    "enterprise_kind",
    METADATA,
    Column("enterprise", Plain, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    _text("kind"),
)

REFERENTIAL_VERSION = Table(
    "referential_version",
    METADATA,
    _text("reference", primary_key=True),
    _text("fingerprint"),
    _text("content"),
    Column("at", Moment, nullable=False),
)

CAMPAIGN = Table(
    "campaign",
    METADATA,
    Column("enterprise", Plain, ForeignKey("enterprise.id"), primary_key=True),
    Column("year", Whole, primary_key=True, autoincrement=False),
    _text("referential"),
    _text("fingerprint"),
    _text("state"),
    _text("step"),
    Column("overlay", Plain),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("enterprise", Plain, ForeignKey("enterprise.id"), primary_key=True),
    Column("year", Whole, primary_key=True, autoincrement=False),
    _text("variable", primary_key=True),
    _text("part", primary_key=True),
    Column("value", Double),
    _text("status"),
    _text("source"),
    _text("author"),
    Column("at", Moment, nullable=False),
    _text("comment"),
    Index(None, "year"),
)

ANSWER_HISTORY = Table(
    "answer_history",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("enterprise", Plain, ForeignKey("enterprise.id"), nullable=False),
    Column("year", Whole, nullable=False),
    _text("variable"),
    _text("part"),
    Column("old_value", Double),
    Column("old_status", Plain),
    Column("old_source", Plain),
    Column("old_comment", Plain),
    Column("value", Double),
    _text("status"),
    _text("source"),
    _text("comment"),
    _text("author"),
    Column("at", Moment, nullable=False),
    Index(None, "enterprise", "year"),
)

FRAMING = _of_campaign("framing", _text("field", primary_key=True), _text("text"))

CARD = _of_campaign(
    "card",
    _text("id", primary_key=True),
    Column("rank", Integer, nullable=False),
    _text("text"),
    _text("who"),
    _text("dimension"),
)

APPRECIATION = _of_campaign(
    "appreciation",
    _text("dimension", primary_key=True),
    _text("level"),
    _text("why"),
    _text("confidence"),
    _text("author"),
    Column("at", Moment, nullable=False),
)

APPRECIATION_HISTORY = Table(
    "appreciation_history",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("enterprise", Plain, ForeignKey("enterprise.id"), nullable=False),
    Column("year", Whole, nullable=False),
    _text("dimension"),
    Column("old_level", Plain),
    Column("old_why", Plain),
    Column("old_confidence", Plain),
    _text("level"),
    _text("why"),
    _text("confidence"),
    _text("author"),
    Column("at", Moment, nullable=False),
    _text("reason", server_default=""),
    Index(None, "enterprise", "year"),
)

VERBATIM = _of_campaign(
    "verbatim",
    _text("id", primary_key=True),
    Column("rank", Integer, nullable=False),
    _text("dimension"),
    _text("text"),
    _text("who"),
    Column("consent", Boolean, nullable=False),
)

DECISION = _of_campaign(
    "decision",
    _text("id", primary_key=True),
    Column("rank", Integer, nullable=False),
    _text("label"),
    _text("who"),
    _text("due"),
    Column("done", Boolean, nullable=False),
    _text("dimension"),
)

EDITION = _of_campaign("edition", _text("document", primary_key=True), _text("content"))

ASSET = Table(
    "asset",
    METADATA,
    Column("enterprise", Plain, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True),
    _text("part", primary_key=True),
    _text("name"),
    _text("mime"),
    Column("content", LargeBinary, nullable=False),
)

ACCOUNT = Table(
    "account",
    METADATA,
    _text("key", primary_key=True),
    _text("login"),
    _text("name"),
    _text("role"),
    Column("active", Boolean, nullable=False),
    Column("password", Plain),
    Column("created", Moment, nullable=False),
    UniqueConstraint("login"),
)

MEMBERSHIP = Table(
    "membership",
    METADATA,
    Column("account", Plain, ForeignKey("account.key", ondelete="CASCADE"), primary_key=True),
    Column("enterprise", Plain, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "enterprise"),
)


def _of_account() -> Column[str]:
    return Column("account", Plain, ForeignKey("account.key", ondelete="CASCADE"), nullable=False)


SESSION = Table(
    "session",
    METADATA,
    _text("digest", primary_key=True),
    _of_account(),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "account"),
)

LINK = Table(
    "link",
    METADATA,
    _text("digest", primary_key=True),
    _of_account(),
    _text("purpose"),
    Column("until", Moment, nullable=False),
    _text("by"),
    Index(None, "account"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    _text("account"),
    _text("action"),
    _text("enterprise"),
    Column("year", Whole),
    _text("what"),
    Index(None, "enterprise", "at"),
    Index(None, "account", "at"),
)
