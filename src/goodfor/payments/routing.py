"""Which account and method of it a buyer's payment goes to. Pure.

A buyer chooses a brand (wechat, alipay, card ...); which account and which of its methods serve it, depends on the
device, the amount, the operator's priorities and on which accounts answer at present.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.money import Money

#: Methods of each provider by the brand that a buyer knows.
BRANDS: Final[Mapping[tuple[str, str], str]] = {
    ("epay", "wxpay"): "wechat",
    ("sandbox", "wxpay"): "wechat",
    ("epay", "alipay"): "alipay",
    ("epay", "qqpay"): "qq",
    ("epay", "bank"): "bank",
    **{("wechat", method): "wechat" for method in ("jsapi", "mini", "native", "h5", "app")},
    **{("alipay", method): "alipay" for method in ("page", "wap", "app", "precreate")},
    ("stripe", "checkout"): "card",
    ("stripe", "intent"): "card",
    ("paypal", "paypal"): "paypal",
}
#: The methods that a device can use, the best first; of a brand or provider not named here all serve.
ON_DEVICE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "wechat": {
        "pc": ("native",),
        "mobile": ("h5", "native"),
        "wechat": ("jsapi", "native"),
        "alipay": ("native",),
        "app": ("app",),
        "mini": ("mini",),
    },
    "alipay": {
        "pc": ("page", "precreate"),
        "mobile": ("wap", "precreate"),
        # WeChat does not open Alipay's pages: the code is for another phone, or to be saved.
        "wechat": ("precreate", "wap"),
        "alipay": ("wap", "precreate"),
        "app": ("app",),
        "mini": (),
    },
    "stripe": {
        "pc": ("intent", "checkout"),
        "mobile": ("intent", "checkout"),
        # What a bank opens besides, has no place to open in inside of an app.
        "wechat": ("checkout", "intent"),
        "alipay": ("checkout", "intent"),
    },
}
#: Methods that need to know who pays, by the channel's own id.
NEEDS_PAYER: Final = frozenset({("wechat", "jsapi"), ("wechat", "mini")})
#: Methods that a page without a script cannot be paid by.
NEEDS_SCRIPT: Final = frozenset({("wechat", "jsapi"), ("stripe", "intent")})
#: An account that failed more than so much of its last calls goes behind the others.
SICK_SHARE: Final = 0.5
SICK_CALLS: Final = 3


@dataclass(frozen=True, slots=True)
class Health:
    """Calls of the last minutes that were answered and that were not."""

    answered: int = 0
    silent: int = 0

    @property
    def sick(self) -> bool:
        """True when most calls stay without an answer."""
        calls = self.answered + self.silent
        return self.silent >= SICK_CALLS and self.silent > calls * SICK_SHARE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A method of an account with the operator's wishes, read from `config`.

    `priority`: smaller goes first (0 to 99, else 50); `least`, `most`: amounts it may take, in minor units. `app`: the
    application whose id of the buyer it needs; `asks`: the buyer's browser can be asked for that id.
    """

    account_id: UUID
    provider: str
    account_code: str
    method: str
    priority: int = 50
    least: int = 0
    most: int | None = None
    app: str = ""
    asks: bool = False

    @property
    def brand(self) -> str:
        """What the buyer knows it as."""
        return BRANDS.get((self.provider, self.method), self.method)


@dataclass(frozen=True, slots=True)
class Paying:
    """What is being paid, and from where. `payer_known`: the channel's id of the buyer is at hand.

    `apps`: applications by whose id the buyer is known here; `may_ask`: his browser may be sent to ask for it.
    `script` False: the buyer's browser runs none, or not the channel's.
    """

    amount: Money
    device: str = "pc"
    payer_known: bool = False
    apps: frozenset[str] = frozenset()
    may_ask: bool = False
    script: bool = True


def wishes(config: Mapping[str, Any], currency: str) -> tuple[int, int, int | None]:
    """(priority, least, most) of an account's config; what makes no sense is as if it were not there."""
    return (
        _number(config.get("priority"), 50),
        _minor(config.get("least"), currency) or 0,
        _minor(config.get("most"), currency),
    )


def ranked(candidates: Sequence[Candidate], paying: Paying, health: Mapping[UUID, Health]) -> list[Candidate]:
    """Those that can serve, the first to be tried first; of each account its best method only.

    Accounts that do not answer at present come last, but are not given up: they may be all there is. Among equals the
    real channel goes before a gateway in between, then the code decides, so that the order never flickers.
    """
    best: dict[UUID, tuple[int, Candidate]] = {}
    for one in candidates:
        rank = _rank(one, paying)
        if rank is None:
            continue
        known = best.get(one.account_id)
        if known is None or rank < known[0]:
            best[one.account_id] = (rank, one)
    return [
        one
        for _rank_of, one in sorted(
            best.values(),
            key=lambda pair: (
                health.get(pair[1].account_id, Health()).sick,
                pair[1].priority,
                pair[0],
                pair[1].provider == "epay",
                pair[1].account_code,
            ),
        )
    ]


def needs_asking(one: Candidate, paying: Paying) -> bool:
    """True where who pays must be known and is not."""
    return (one.provider, one.method) in NEEDS_PAYER and not (paying.payer_known or one.app in paying.apps)


def _rank(one: Candidate, paying: Paying) -> int | None:
    """How well it fits the device, 0 the best; None when it cannot serve."""
    amount = paying.amount.amount_minor
    if amount < one.least or (one.most is not None and amount > one.most):
        return None
    if (one.provider, one.method) in NEEDS_SCRIPT and not paying.script:
        return None
    if needs_asking(one, paying) and not (paying.may_ask and one.asks):
        return None
    usable = ON_DEVICE.get(one.provider, {}).get(paying.device)
    if usable is None:
        return 0 if one.provider not in ON_DEVICE else None
    return usable.index(one.method) if one.method in usable else None


def _number(value: object, default: int) -> int:
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else default


def _minor(value: object, currency: str) -> int | None:
    try:
        return Money.parse(str(value), currency).amount_minor if value else None
    except ValueError:
        return None
