"""Orders of Tremendous, read. One order is one reward here."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, records, text
from goodfor.supply.providers.values import Code, Order, OrderState

#: `EXECUTED`: paid for; whether it was delivered, the reward says.
_STATES: Final[Mapping[str, OrderState]] = {
    "OPEN": "accepted", "PENDING APPROVAL": "accepted", "PENDING INTERNAL PAYMENT APPROVAL": "accepted",
    "EXECUTED": "processing", "CANCELED": "cancelled", "FAILED": "failed",
}  # fmt: skip
_DELIVERED: Final = "SUCCEEDED"


def unwrapped(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object of that name, or the document itself. Raises BadReply."""
    found = told.get(name, told)
    if not isinstance(found, dict):
        raise BadReply("not_an_object")
    return found


def order_of(told: Mapping[str, Any]) -> Order:
    """One order. A state that is not known is `processing`. Raises BadReply."""
    row = unwrapped(told, "order")
    ours = text(row.get("external_id"), 64)
    if not ours:
        raise BadReply("no_number")
    rewards = records(row.get("rewards"))
    word = text(row.get("status"), 60).strip().upper()
    state = _STATES.get(word, "processing")
    codes = codes_of(rewards) if state == "processing" else ()
    links = [one for one in rewards if _method(one) == "LINK"]
    if word == "EXECUTED" and rewards and all(_ready(one) for one in rewards):
        state = "success"
    payment = row.get("payment")
    return Order(
        state=state,
        number=ours,
        ref=text(row.get("id"), 64),
        charged=decimal(payment.get("total")) if isinstance(payment, dict) else None,
        codes=codes,
        has_codes=state == "success" and bool(links),
        word=" ".join(filter(None, (word, *(_status(one) for one in rewards))))[:60],
    )


def codes_of(rewards: list[dict[str, Any]]) -> tuple[Code, ...]:
    """The links that are there. One is as good as money: never fetched."""
    found = []
    for one in rewards:
        link = text(_delivery(one).get("link"), 2000).strip()
        if link:
            found.append(Code(link=link, ref=text(one.get("id"), 64)))
    return tuple(found)


def _ready(reward: Mapping[str, Any]) -> bool:
    """A link may be asked for as soon as the order was paid, unless they say that it failed."""
    if _method(reward) == "LINK":
        return bool(text(_delivery(reward).get("link"), 2000)) or _status(reward) == _DELIVERED
    return _status(reward) == _DELIVERED


def _delivery(reward: Mapping[str, Any]) -> dict[str, Any]:
    found = reward.get("delivery")
    return found if isinstance(found, dict) else {}


def _method(reward: Mapping[str, Any]) -> str:
    return text(_delivery(reward).get("method"), 20).upper()


def _status(reward: Mapping[str, Any]) -> str:
    return text(_delivery(reward).get("status"), 20).upper()
