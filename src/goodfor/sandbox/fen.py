"""Yuan text of the protocol to integer fen and back. Pure, exact, no float."""

import re

_YUAN = re.compile(r"(?P<yuan>[0-9]{1,8})(?:\.(?P<cents>[0-9]{1,2}))?", re.ASCII)


def parse_fen(text: str) -> int:
    """`"9.9"` -> 990. Raises ValueError for signs, exponents, spaces, more than two decimals."""
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError("not an amount in yuan")
    return int(match["yuan"]) * 100 + int((match["cents"] or "").ljust(2, "0"))


def format_fen(fen: int) -> str:
    """990 -> `"9.90"`. Amounts here are never negative, except balances."""
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{rest // 100}.{rest % 100:02d}"
