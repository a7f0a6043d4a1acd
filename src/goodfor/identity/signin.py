"""Tokens of sign-in links: the shop, then the secret, so that the shop is known before the database is asked. Pure."""

from uuid import UUID

_LONGEST = 200


def compose_token(shop_id: UUID, secret: str) -> str:
    """`<32 hex digits of the shop>.<secret>`."""
    return f"{shop_id.hex}.{secret}"


def parse_token(token: str) -> tuple[UUID, str] | None:
    """The two parts, or None when it is no such token."""
    shop, dot, secret = token.partition(".")
    if not dot or not secret or len(token) > _LONGEST or not token.isascii() or len(shop) != 32:
        return None
    try:
        return UUID(hex=shop), secret
    except ValueError:
        return None
