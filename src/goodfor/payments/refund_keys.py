"""Business keys of refunds that follow one that failed: `order:1`, `order:1#2`, `order:1#3` ... Pure."""

from typing import Final

_AGAIN: Final = "#"


def first_key(business_key: str) -> str:
    """The key of the first try."""
    return business_key.partition(_AGAIN)[0]


def next_key(business_key: str) -> str:
    """The key of the refund that follows a failed one."""
    key, _sep, tried = business_key.partition(_AGAIN)
    return f"{key}{_AGAIN}{int(tried or 1) + 1}"
