"""Which supplier a want is bought from: who may, in which order, and why not the others. Pure.

Order: priority of the offer and of the contract, then cost as it lands in the shop's currency, then how the supplier
did lately. Where offers of one priority have weights, they share by weight instead of by cost. A supplier of many bad
codes counts as dearer, comes last, or not at all (`judging`).
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any, Final
from uuid import UUID

from goodfor.supply.asked import fitted, form_in

#: A cost may rise by so much between the look and the purchase.
DRIFT: Final = Decimal("1.05")
#: Refusals that pass by themselves: it is worth waiting a little.
PASSING: Final = frozenset({"breaker", "pace", "hours", "closed", "balance", "busy"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be bought. `price_minor` and `floor_minor` are per unit, in the shop's currency of `exponent` digits.

    `loss_left_minor`: what may be lost today on this SKU.
    """

    id: UUID
    quantity: int
    price_minor: int
    floor_minor: int
    exponent: int
    channel: str
    kind: str
    loss_left_minor: int = 0
    may_split: bool = True
    #: What the buyer filled in, by meaning: who asks for something else cannot top up.
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer with what is known of its item and supplier now. Costs per unit, in the supplier's currency."""

    offer_id: UUID
    item_ref: UUID
    supplier_id: UUID
    supplier: str
    protocol: str
    item_id: str
    variant: str
    kind: str
    cost: Decimal
    currency: str
    rate: Decimal
    enabled: bool
    state: str
    stock_word: str
    stock: int | None
    least: int
    most: int | None
    multiple: int
    terms: Mapping[str, Any] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    priority: int = 100
    supplier_priority: int = 100
    weight: int = 1
    quota_left: int | None = None
    from_minute: int = 0
    to_minute: int = 0
    #: What may still be spent there, in their currency; None: not known, so only buying tells.
    funds: Decimal | None = None
    #: Open breakers: of the supplier or the item. A half-open one lets one attempt through.
    breaker: str = ""
    success: float = 1.0
    p95_seconds: float = 0.0
    #: This want was refused there before.
    refused: bool = False
    #: Nothing of theirs keeps a price that rises between our question and the order; then what may still be lost to
    #: such prices today, in the shop's minor units; None: the operator said nothing.
    guardless: bool = False
    surprise_left: int | None = None
    #: What follows from its bad codes: a level of `judging`, empty for nothing, and what its weight is multiplied and
    #: its cost divided by. Held back: after all others; suspended: not at all.
    judged: str = ""
    factor: float = 1.0
    #: So many calls are out there already that one more is too many.
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One who may deliver: how much, and what it may cost at most for all of it, in the supplier's currency."""

    candidate: Candidate
    quantity: int
    expected: Decimal
    max_cost: Decimal
    #: What selling at this cost loses below the floor, in the shop's minor units.
    loss_minor: int
    #: What all of it may cost, in the shop's minor units, until more is lost than was decided; and how far a price that
    #: rises by `DRIFT` goes beyond it, where nothing of theirs keeps it from rising.
    room_minor: int = 0
    exposed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """In order of preference; `why_not` says of each other one what kept it out."""

    picks: tuple[Pick, ...]
    why_not: Mapping[UUID, str]
    #: Of those kept out, the ones that another price, cost or switch would let in.
    out: tuple[Candidate, ...] = ()

    @property
    def waiting_helps(self) -> bool:
        """Somebody may be able in a moment who is not now."""
        return any(reason in PASSING for reason in self.why_not.values())


def choose(wanted: Wanted, candidates: Sequence[Candidate], minute: int) -> Choice:
    """`minute`: of the day, on the shop's clock."""
    picks, why_not, out = [], {}, []
    for one in candidates:
        found = _judge(wanted, one, minute)
        if isinstance(found, Pick):
            picks.append(found)
        else:
            why_not[one.offer_id] = found
            out += [one] if found in ("off", "loss") else []
    shared = {pick.candidate.priority for pick in picks if pick.candidate.weight != 1}
    return Choice(tuple(sorted(picks, key=lambda pick: _rank(wanted, pick, shared))), why_not, tuple(out))


def trace_of(choice: Choice, chosen: Pick, wanted: Wanted | None = None, minute: int = 0) -> dict[str, Any]:
    """Why this supplier, to be kept and shown; with `wanted`, all that `replaying` needs to choose again."""
    return {
        "chosen": str(chosen.candidate.offer_id),
        "order": [{**_told(pick.candidate), "quantity": pick.quantity} for pick in choice.picks],
        "why_not": {str(offer): reason for offer, reason in choice.why_not.items()},
        "out": {str(one.offer_id): _told(one) for one in choice.out},
        "loss_minor": chosen.loss_minor,
        **({} if wanted is None else {"wanted": {
            "quantity": wanted.quantity, "floor_minor": wanted.floor_minor, "loss_left_minor": wanted.loss_left_minor,
            "may_split": wanted.may_split, "minute": minute,
        }}),
    }  # fmt: skip


def _told(one: Candidate) -> dict[str, Any]:
    return {
        "offer": str(one.offer_id), "supplier": one.supplier, "cost": str(one.cost), "rate": str(one.rate),
        "landed": str(_landed(one)), "priority": one.priority, "supplier_priority": one.supplier_priority,
        "weight": one.weight, "half": one.breaker == "half", "success": one.success, "p95": one.p95_seconds,
        **({"judged": one.judged, "factor": one.factor} if one.judged else {}),
    }  # fmt: skip


def _judge(wanted: Wanted, one: Candidate, minute: int) -> Pick | str:
    """How much it can deliver at which cost, or the stable word for what keeps it out."""
    reason = _barred(wanted, one, minute)
    if reason:
        return reason
    quantity = _quantity(wanted, one)
    if isinstance(quantity, str):
        return quantity
    expected = one.cost * quantity
    room = _room(wanted, one, quantity)
    loss = 0
    if expected > room:
        loss = _minor((expected - room) * one.rate, wanted.exponent)
        if loss > wanted.loss_left_minor:
            return "loss"
        room = expected
    if one.funds is not None and expected > one.funds:
        return "balance"
    room_minor = max(0, wanted.price_minor - wanted.floor_minor) * quantity + loss
    exposed = _exposed(wanted, one, expected, room_minor)
    if exposed > (one.surprise_left or 0):
        return "surprise"
    cap = min(room, expected * DRIFT)
    if one.funds is not None:
        cap = min(cap, one.funds)
    most = max(expected, cap.quantize(Decimal("0.000001")))
    return Pick(one, quantity, expected, most, loss, room_minor, exposed)


def _exposed(wanted: Wanted, one: Candidate, expected: Decimal, room_minor: int) -> int:
    """What is lost below the floor if the price rises after it was asked for. Nothing where a guard refuses that."""
    if not one.guardless:
        return 0
    return max(0, _minor(expected * DRIFT * one.rate, wanted.exponent) - room_minor)


def _barred(wanted: Wanted, one: Candidate, minute: int) -> str:
    terms = one.terms
    banned = terms.get("banned_channels") or ()
    allowed = one.channels or terms.get("channels") or ()
    checks = (
        ("off", not one.enabled),
        ("suspended", one.judged == "suspend"),
        ("refused", one.refused),
        ("kind", one.kind != wanted.kind),
        (one.state, one.state != "on"),
        ("unguarded", one.guardless and one.surprise_left is None),
        ("surprise", one.guardless and one.surprise_left is not None and one.surprise_left <= 0),
        ("breaker", one.breaker == "open"),
        ("busy", one.crowded),
        ("hours", not within(minute, one.from_minute, one.to_minute)),
        ("closed", any(within_words(minute, *span) for span in terms.get("closed") or ())),
        ("channel", wanted.channel in banned or (bool(allowed) and wanted.channel not in allowed)),
        ("below_their_floor", _below_their_floor(wanted, terms)),
        ("stock", one.stock_word == "out" or one.stock == 0),
        ("form", wanted.kind == "direct" and fitted(form_in(terms), wanted.form) is None),
    )
    return next((reason for reason, barred in checks if barred), "")


def _below_their_floor(wanted: Wanted, terms: Mapping[str, Any]) -> bool:
    floors = terms.get("floors") or {}
    floor = floors.get(wanted.channel) or floors.get("*")
    return floor is not None and Decimal(wanted.price_minor).scaleb(-wanted.exponent) < Decimal(str(floor))


def _quantity(wanted: Wanted, one: Candidate) -> int | str:
    """As much as it can, a multiple of theirs; less than wanted only where an order may be split."""
    most = min(
        wanted.quantity,
        wanted.quantity if one.most is None else one.most * one.multiple,
        wanted.quantity if one.stock is None else one.stock,
        wanted.quantity if one.quota_left is None else one.quota_left,
    )
    quantity = most - most % one.multiple
    if quantity < max(1, one.least * one.multiple):
        return "quota" if one.quota_left is not None and one.quota_left <= 0 else "quantity"
    return quantity if quantity == wanted.quantity or wanted.may_split else "quantity"


def _room(wanted: Wanted, one: Candidate, quantity: int) -> Decimal:
    """What it may cost for the sale to earn its floor, in the supplier's currency."""
    each = Decimal(wanted.price_minor - wanted.floor_minor).scaleb(-wanted.exponent)
    return max(Decimal(0), each) * quantity / one.rate


def _landed(one: Candidate) -> Decimal:
    return one.cost * one.rate


def _minor(amount: Decimal, exponent: int) -> int:
    return int(amount.scaleb(exponent).to_integral_value(ROUND_UP))


def _rank(wanted: Wanted, pick: Pick, shared: set[int]) -> tuple[Any, ...]:
    one = pick.candidate
    # Whole orders before parts of them, whoever is cheaper: fewer purchases, fewer ends. A half-open breaker stands
    # where it would without: else whoever failed once is never tried again as long as somebody dearer delivers.
    head = (one.judged == "hold", one.priority, pick.quantity < wanted.quantity)
    if one.priority in shared:
        return (*head, _lot(wanted.id, one.offer_id, one.weight * one.factor), Decimal(0), 0.0, 0.0)
    counted = _landed(one) if one.factor == 1 else _landed(one) / Decimal(str(one.factor))
    return (*head, float(one.supplier_priority), counted, -one.success, one.p95_seconds)


def _lot(want_id: UUID, offer_id: UUID, weight: float) -> float:
    """Smaller wins, in proportion to the weights; the same for the same want, so that a trace can be checked."""
    drawn = int.from_bytes(hashlib.sha256(want_id.bytes + offer_id.bytes).digest()[:8], "big")
    return -math.log((drawn + 1) / 2**64) / weight


def within(minute: int, begin: int, end: int) -> bool:
    """Whether a minute of the day is in [begin, end), which may cross midnight; equal ends: always."""
    if begin == end:
        return True
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def within_words(minute: int, begin: str, end: str) -> bool:
    """Like `within`, of "23:00" and "06:00"; ends that cannot be read close nothing."""
    first, last = _minute(begin), _minute(end)
    return first is not None and last is not None and first != last and within(minute, first, last)


def _minute(text: str) -> int | None:
    hour, _colon, rest = text.partition(":")
    if not (hour.isdigit() and rest[:2].isdigit()):
        return None
    return (int(hour) * 60 + int(rest[:2])) % 1440
