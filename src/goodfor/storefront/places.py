"""Where a list goes on, as it comes in an address: an end (ISO 8601, or infinity) and an id. Pure."""

from datetime import datetime
from uuid import UUID


def place_in(text: str) -> str:
    """The same where it is one; else empty, which is the beginning."""
    at, _sep, last = text[:100].partition("|")
    try:
        UUID(last)
        if at != "infinity" and datetime.fromisoformat(at).tzinfo is None:
            return ""
    except ValueError:
        return ""
    return f"{at}|{last}"
