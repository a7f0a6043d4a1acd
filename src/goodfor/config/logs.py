"""How the house logs: one JSON object a line on stderr. A traceback shows lines of code, never the values of variables:
among those are codes, keys and contacts."""

import sys
from typing import TextIO, cast

import structlog


class _StandardError:
    """Standard error as it stands when something is written: the one of the beginning may be closed by then."""

    def write(self, text: str) -> int:
        """Write to it."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush it."""
        sys.stderr.flush()


def configure_logs() -> None:
    """Set structlog up for the whole process; called by the settings."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _StandardError())),
        cache_logger_on_first_use=False,
    )
