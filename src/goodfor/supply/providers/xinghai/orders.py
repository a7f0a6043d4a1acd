"""Orders of Xinghai, read. States are matched one by one, as the vendor asks: no word is failure but theirs."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, Order, OrderState
from goodfor.supply.providers.xinghai import signing

_STATES: Final[Mapping[int, OrderState]] = {1: "processing", 2: "success", 3: "failed"}
NOT_FOUND: Final = 4
#: What stands around codes and is none of them.
_AROUND: Final = "\ufeff\u200b\u200c\u200d\u2060 \t\r\n"
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
MAX_IMAGE: Final = 2 * 1024 * 1024
_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y%m%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d",
)  # fmt: skip


def order_of(row: Mapping[str, Any], number: str, secret: str) -> Order:
    """One order, which is known to be `number`. A state that is not known is `processing`. Raises BadReply."""
    word, cards = whole(row.get("orderStatus")), row.get("cardData")
    state: OrderState = "processing" if word is None else _STATES.get(word, "processing")
    codes = codes_of(cards, secret) if state == "success" else ()
    return Order(
        state=state,
        number=number,
        ref=text(row.get("orderId"), 64),
        charged=decimal(row.get("cost")),
        codes=codes,
        message=text(row.get("orderDesc"), 500),
        word=text(row.get("orderStatus"), 20),
    )


def codes_of(cards: Any, secret: str) -> tuple[Code, ...]:
    """Cards of a reply, or of a call, where they are a text of JSON. Raises BadReply."""
    if isinstance(cards, str):
        try:
            cards = json.loads(cards) if cards.strip() else None
        except (ValueError, RecursionError):
            raise BadReply("bad_cards") from None
    return tuple(_code(row, secret) for row in records(cards))


def _code(row: Mapping[str, Any], secret: str) -> Code:
    number, password, link = (_opened(row.get(name), secret) for name in ("cardNo", "cardPwd", "cardLink"))
    picture = b""
    if row.get("cardType") == "PICTURE":
        # Which part has the picture they do not say; an address stays a link, and is never fetched.
        picture = next((found for part in (link, password, number) if (found := _picture(part))), b"")
    words = [b"" if _picture(part) else part for part in (number, password, link)]
    code = Code(
        number=_words(words[0]),
        secret=_words(words[1]),
        link=_words(words[2]),
        image=picture,
        expires_at=_time(row.get("expireTime")),
    )
    if not (code.number or code.secret or code.link or code.image):
        raise BadReply("empty_card")
    return code


def _opened(sealed: Any, secret: str) -> bytes:
    told = text(sealed, MAX_IMAGE * 2)
    if not told.strip():
        return b""
    try:
        return signing.decrypt(told, secret)
    except (ValueError, binascii.Error):
        raise BadReply("bad_cards") from None


def _picture(part: bytes) -> bytes:
    """The bytes of a picture, which may be written in base64; empty where it is none."""
    raw = part
    if not raw.startswith(_PICTURES):
        try:
            raw = base64.b64decode(raw.rpartition(b"base64,")[2].strip(), validate=True)
        except (ValueError, binascii.Error):
            return b""
    return raw if raw.startswith(_PICTURES) and len(raw) <= MAX_IMAGE else b""


def _words(part: bytes) -> str:
    try:
        return part.decode("utf-8").strip(_AROUND)
    except UnicodeDecodeError:
        raise BadReply("bad_cards") from None


def _time(value: Any) -> datetime | None:
    """A Beijing time in one of the usual shapes; None where it says nothing."""
    told = text(value, 32).strip()
    for shape in _TIMES:
        try:
            return datetime.strptime(told, shape).replace(tzinfo=signing.BEIJING)
        except ValueError:
            continue
    return None
