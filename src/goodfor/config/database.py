"""Turn DATABASE_URL into Django's DATABASES entry."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

#: The longest that a statement of a web request may run. The worker, imports, migrations and commands have no limit:
#: sealing, audits and index builds take what they take, and no visitor waits for them.
WEB_STATEMENT_TIMEOUT_MS = 30_000


def for_web(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The same database for a web process: a statement that runs too long is ended, and its thread serves others.

    What DATABASE_URL itself says in `options` comes later, so it wins.
    """
    options = dict(entry["OPTIONS"])
    options["options"] = f"-c statement_timeout={WEB_STATEMENT_TIMEOUT_MS} {options.get('options', '')}".strip()
    return {**entry, "OPTIONS": options}


def database_from_url(url: str) -> dict[str, Any]:
    """Return the `default` entry for a postgresql:// URL; without a URL, the local default socket.

    Query parameters are passed to libpq (`host=/socket/dir`, `sslmode=require` ...).
    Connections are kept by each thread: a web worker has a fixed number of them, so a pool would only add a hop.
    """
    parts = urlsplit(url or "postgresql:///goodfor")
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("DATABASE_URL must begin with postgresql://")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    options: dict[str, Any] = {
        # Statements are prepared by the server after a few executions: the hot ones are planned once.
        "prepare_threshold": 3,
        "application_name": "goodfor",
        "connect_timeout": 5,
        **query,
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "goodfor",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
    }
