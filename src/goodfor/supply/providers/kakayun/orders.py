"""Orders of a Kakayun site, read. Only 2 and 4 are failures; how much came back, another word says."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.labels import code_of
from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, Order, OrderState

BEIJING: Final = timezone(timedelta(hours=8))
#: 2 was never paid for. 1 is done for cards and only paid for top-ups; 4 and 5 depend on the money.
_STATES: Final[Mapping[int, OrderState]] = {0: "accepted", 1: "accepted", 2: "failed", 3: "processing"}
_PAID, _UNPAID, _FAILED, _SUCCESS = 1, 2, 4, 5
#: Of `refundstatus`: all is back; only marked, no money moved; back the way it came.
_ALL, _MARKED, _ELSEWHERE = 1, 3, 4
_CARD: Final = 1


def order_of(row: Mapping[str, Any]) -> Order:
    """One order, of a reply or a call. A state that is not known is `processing`. Raises BadReply."""
    ours = text(row.get("usorderno"), 64)
    if not ours:
        raise BadReply("no_number")
    word, is_card = whole(row.get("status")), whole(row.get("push_type")) == _CARD
    codes = codes_of(row)
    charged = Decimal(0) if word == _UNPAID else decimal(row.get("money"))
    refunded = _refunded(row, charged)
    state = _state(row, word, done=bool(codes) or is_card)
    if state == "success" and charged and refunded >= charged:
        state = "refunded"
    return Order(
        state=state,
        number=ours,
        ref=text(row.get("orderno"), 64),
        charged=charged,
        refunded=refunded,
        codes=codes,
        # A call about cards may leave them out: then they are asked for.
        has_codes=bool(codes) or (is_card and state == "success"),
        message="\n".join(filter(None, (text(row.get("receipt"), 500), text(row.get("refundreceipt"), 500)))),
        word=text(row.get("status"), 20),
    )


def _state(row: Mapping[str, Any], word: int | None, *, done: bool) -> OrderState:
    back = whole(row.get("refundstatus"))
    if word == _SUCCESS or (word == _PAID and done):
        return "refunded" if back == _ALL else "success"
    if word == _FAILED:
        # Failed, but the money is not known to be back: asked again until it is, or somebody looks.
        return "failed" if back in (_ALL, _ELSEWHERE) else "refunding"
    return "processing" if word is None else _STATES.get(word, "processing")


def _refunded(row: Mapping[str, Any], charged: Decimal | None) -> Decimal:
    """What came back. An amount that is said counts; "all" without one is what was charged; a mark is no money."""
    back, told = whole(row.get("refundstatus")), decimal(row.get("refundmoney"))
    if back == _MARKED:
        return Decimal(0)
    if told is None and back == _ALL:
        return charged or Decimal(0)
    return max(told or Decimal(0), Decimal(0))


def codes_of(row: Mapping[str, Any]) -> tuple[Code, ...]:
    """Cards as they came; where there are none, the same as labelled text. Raises BadReply."""
    codes = tuple(_card(one) for one in records(row.get("cards") or None))
    return codes or _listed(row.get("cardlist"))


def _card(row: Mapping[str, Any]) -> Code:
    found = code_of(
        text(row.get("card_no"), 500), text(row.get("card_pwd"), 3_000_000), _time(row.get("card_expire_at"))
    )
    if found is None:
        raise BadReply("empty_card")
    return found


def _listed(lines: Any) -> tuple[Code, ...]:
    if not lines:
        return ()
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BadReply("bad_cards")
    return tuple(code for line in lines if (code := code_of("", line)) is not None)


def _time(value: Any) -> datetime | None:
    """A Beijing time without a zone, or a Unix time; None where it says nothing."""
    told = text(value, 32).strip()
    if told.isascii() and told.isdigit() and len(told) in (10, 13):
        return datetime.fromtimestamp(int(told[:10]), BEIJING)
    for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(told, shape).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    return None
