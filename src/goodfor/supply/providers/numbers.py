"""Amounts and words out of replies: exact, or not at all. Pure."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")
#: Ids are longer than amounts; "5.00" is whole.
_WHOLE: Final = re.compile(r"(-?[0-9]{1,30})(?:\.0{1,8})?")
#: Perhaps half of a pair of surrogates, which no text may have.
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
MAX_DEPTH: Final = 40


class BadReply(Exception):
    """A reply that does not say what it should. `code` is stable and safe to store."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_json(body: bytes) -> Any:
    """A document whose numbers keep their digits (Decimal). Raises BadReply."""
    try:
        text = body.decode("utf-8-sig")
        if text.count("[") + text.count("{") > 200_000:
            raise BadReply("too_complex")
        found = json.loads(text, parse_float=Decimal, parse_int=int, parse_constant=_no_constant)
        if _HALF.search(text) and not is_text(found):
            raise BadReply("not_text")
        return found
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadReply("not_json") from None


def _no_constant(_name: str) -> Any:
    raise ValueError


def decimal(value: Any) -> Decimal | None:
    """An amount as text or number, exactly as it was written; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip() if isinstance(value, str | int | Decimal) else ""
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def amount(value: Any, code: str = "bad_amount") -> Decimal:
    """An amount that must be there. Raises BadReply."""
    found = decimal(value)
    if found is None:
        raise BadReply(code)
    return found


def whole(value: Any) -> int | None:
    """A whole number of at most 30 digits as text or number, ids too; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    found = _WHOLE.fullmatch(str(value).strip())
    return int(found[1]) if found is not None else None


def is_text(value: Any) -> bool:
    """Whether all of a document can be written down as UTF-8: half of a pair of surrogates ("\\ud800") cannot."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def text(value: Any, most: int = 4000) -> str:
    """A text, cut; numbers become one; empty for anything else."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value)[:most] if isinstance(value, str | int | Decimal) else ""


def record(value: Any) -> dict[str, Any]:
    """An object. Raises BadReply."""
    if not isinstance(value, dict):
        raise BadReply("not_an_object")
    return value


def records(value: Any) -> list[dict[str, Any]]:
    """A list of objects; null is an empty one. Raises BadReply."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadReply("not_a_list")
    return value


def plain(cost: Decimal) -> str:
    """As suppliers want it: "9.90", at least two digits, no exponent."""
    exact = cost if -int(cost.as_tuple().exponent) >= 2 else cost.quantize(Decimal("0.01"))
    return format(exact, "f")
