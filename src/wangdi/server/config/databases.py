"""The store's database: SQLite in the data folder, or PostgreSQL by URL."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    # Also where SQLite was built with more: when processes open and close connections at the same time, 3.40 with the
    # file mapped into memory loses committed writes, and readers find "not a database" (test_store_of_many).
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
)
"""WAL lets screens read while somebody writes; with it, NORMAL risks only the last changes in a power cut."""

WAIT_FOR_LOCK_SECONDS = 30


def database_settings(url: str, store: Path) -> dict[str, Any]:
    """Django's settings for the store. Raises ImproperlyConfigured for an address it does not understand."""
    if not url:
        return sqlite_settings(store)
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme!r}; give postgres://user:password@host:5432/database, "
            "or leave it empty for SQLite in the data folder."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def sqlite_settings(store: Path) -> dict[str, Any]:
    """Writers queue from their first statement (IMMEDIATE), so that none fails half-way for a lock."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": store,
        "OPTIONS": {
            "init_command": ";".join(SQLITE_PRAGMAS),
            "transaction_mode": "IMMEDIATE",
            "timeout": WAIT_FOR_LOCK_SECONDS,
        },
    }
