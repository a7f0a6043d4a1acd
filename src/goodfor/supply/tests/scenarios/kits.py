"""What is particular about a protocol: what it sells, where a scenario ends otherwise, what it does not have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.base import Connector
from goodfor.supply.providers.lsxd.items import item_of


@dataclass(frozen=True)
class Absence:
    """Not in the protocol. `fact` holds of the connector as long as that is so."""

    why: str
    fact: Callable[[Connector], bool]


@dataclass(frozen=True)
class End:
    """Where a scenario ends otherwise than at most protocols. `word`: one that the scenario knows."""

    word: str
    why: str


@dataclass(frozen=True)
class Kit:
    """A protocol's goods and differences, by the number of the scenario.

    `rate`: one of its currency in the shop's. `item`, `config`: beside those of the stand-in. `most`: units of one
    purchase. `ack`: the status by which a call of theirs is acknowledged.
    """

    rate: Decimal = Decimal(1)
    kind: str = "code"
    form: Mapping[str, str] = field(default_factory=dict)
    item: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    most: int = 2
    ack: int = 200
    ends: Mapping[int, End] = field(default_factory=dict)
    absent: Mapping[int, Absence] = field(default_factory=dict)


def _silent(connector: Connector) -> bool:
    return connector.webhook is None


def _replayed(connector: Connector) -> bool:
    return connector.about.repeat == "same"


def _no_amounts(connector: Connector) -> bool:
    return not connector.about.partial_refunds


def _one_at_a_time(_connector: Connector) -> bool:
    return item_of({"product_id": 1, "item_name": "a", "channel_price": 1}, "CNY", {}).most == 1


def _top_ups_only(connector: Connector) -> bool:
    return connector.about.kinds == {"direct"}


_FOREIGN: Final = Decimal(7)
_NO_CALLS: Final = {
    number: Absence("they tell nothing by themselves", _silent) for number in (3, 5, 6, 7, 8)
}  # fmt: skip
_UNSURE: Final = "no refusal of theirs certainly means that there is no order: it is asked for, and not there"
_NO_REFUND: Final = "no amount that came back is ever told: the balance and the statement show it"
_BAD_TIME: Final = End("request", "their word for a wrong time is the one for any wrong parameter")
_TIMELESS: Final = End("heard", "no time is signed")

KITS: Final[Mapping[str, Kit]] = {
    "dujiao": Kit(
        ends={
            10: End("again", "the same number again gives the order, or makes it"),
            17: End("waits", "`partially_delivered` is no end: the rest may come"),
            18: End("untold", _NO_REFUND),
            22: End("again", "429 is not believed, and the same number again makes the order"),
            25: End("untold", _NO_REFUND),
        },
        absent={11: Absence("a number that is known gives the order: there is no such reply", _replayed)},
    ),
    "fulu": Kit(
        ends={
            1: End("unread", "a reply that is signed with another key says nothing; nothing was bought by asking"),
            18: End("untold", _NO_REFUND),
            25: End("untold", _NO_REFUND),
        },
    ),
    "kinguin": Kit(
        rate=_FOREIGN,
        # With nothing to say in it.
        ack=204,
        ends={21: _TIMELESS, 22: End("asked", "a 429 of theirs has no kind that is sure")},
    ),
    "tremendous": Kit(
        rate=_FOREIGN,
        item={"kind": "link"},
        most=1,
        ends={
            13: End("asked", _UNSURE),
            15: End("asked", "a card costs what it says: another price is another card, which they do not have"),
            16: End("asked", _UNSURE),
            18: End("untold", _NO_REFUND),
            21: _TIMELESS,
            22: End("asked", _UNSURE),
            24: End("asked", _UNSURE),
            25: End("untold", _NO_REFUND),
        },
        absent={17: Absence("an order is one reward", lambda connector: connector.about.protocol == "tremendous")},
    ),
    "reloadly": Kit(
        rate=_FOREIGN,
        config={"failed_words": "FAILED"},
        ends={
            13: End("asked", _UNSURE),
            16: End("asked", _UNSURE),
            18: End("untold", _NO_REFUND),
            21: _TIMELESS,
            22: End("asked", _UNSURE),
            25: End("untold", _NO_REFUND),
        },
    ),
    "acgfaka": Kit(
        ends={
            9: End("desk", "the order's number came with the reply that was lost: a person asks the shop"),
            10: End("desk", "without their number nothing can be asked"),
            11: End("desk", "a number that is known is an error that tells nothing"),
            12: End("ref", "asked by their number only"),
            13: End("open", "what the states of orders mean is not described: no codes is no failure"),
            14: End("desk", "as a lost reply"),
            21: _TIMELESS,
            18: End("untold", _NO_REFUND),
            25: End("untold", _NO_REFUND),
        },
        absent=_NO_CALLS,
    ),
    "goodfor_shop": Kit(absent=_NO_CALLS),
    "lsxd": Kit(
        kind="direct",
        form={"account": "13800138000"},
        item={"kind": "direct"},
        most=1,
        ends={18: End("untold", _NO_REFUND), 25: End("untold", _NO_REFUND)},
        absent={
            17: Absence("an order is one top-up", _one_at_a_time),
            20: Absence("there are no codes", _top_ups_only),
        },
    ),
    "xinghai": Kit(ends={18: End("untold", _NO_REFUND), 21: _BAD_TIME, 25: End("untold", _NO_REFUND)}),
    "xingquanyi": Kit(ends={21: _BAD_TIME}),
}  # fmt: skip


def kit_of(protocol: str) -> Kit:
    """What is known of a protocol; nothing particular, where nothing is said."""
    return KITS.get(protocol, Kit())
