"""Past purchases chosen again under another routing: what each supplier would deliver, cost and fail. Pure.

A purchase's trace says who could have delivered and what kept the others out. Those who were kept out by something that
no draft changes (a breaker, no stock, a refusal) stay out; switches, costs and floors are judged again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from goodfor.supply.routing import Candidate, Choice, Wanted, choose
from goodfor.supply.types import TrialDraft

#: So many suppliers, one after the other, are thought through for one want.
_DEEP: Final = 4
_NONE_LEFT: Final = Decimal("0.01")
_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Past:
    """What was wanted, and the trace of the first purchase for it; empty where none was tried."""

    want_id: UUID
    sku_id: UUID
    quantity: int
    price_minor: int
    exponent: int
    channel: str
    kind: str
    minute: int
    floor_minor: int
    may_split: bool
    trace: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """What a supplier has of it. `tried`: units asked for; `good`: delivered; `cost`: of the good, landed."""

    tried: Decimal = Decimal(0)
    good: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)

    def plus(self, other: "Share") -> "Share":
        """Both together."""
        return Share(self.tried + other.tried, self.good + other.good, self.cost + other.cost,
                     self.margin + other.margin)  # fmt: skip


def replay(past: Past, today: Sequence[Candidate], draft: TrialDraft) -> Choice:
    """Choose again. `today`: the SKU's offers as they are now; where nothing was recorded, they are all there is."""
    wanted, candidates, minute = _scene(past, today)
    if past.sku_id in draft.floors:
        wanted = replace(wanted, floor_minor=draft.floors[past.sku_id])
    return choose(wanted, [_changed(one, draft) for one in candidates], minute)


def expect(choice: Choice, past: Past) -> tuple[dict[UUID, Share], Decimal]:
    """By supplier, what is to be expected by how often each delivered lately; and how many units nobody would."""
    left, shares = Decimal(past.quantity), dict[UUID, Share]()
    for pick in choice.picks[:_DEEP]:
        if left < _NONE_LEFT:
            break
        one = pick.candidate
        tried = min(left, Decimal(pick.quantity))
        good = tried * Decimal(str(round(min(1.0, max(0.0, one.success)), 6)))
        cost = good * one.cost * one.rate
        earned = good * Decimal(past.price_minor).scaleb(-past.exponent) - cost
        shares[one.supplier_id] = shares.get(one.supplier_id, Share()).plus(Share(tried, good, cost, earned))
        left -= good
    return shares, left


def first_of(choice: Choice) -> UUID | None:
    """At whose offer it would be bought first."""
    return choice.picks[0].candidate.offer_id if choice.picks else None


def _changed(one: Candidate, draft: TrialDraft) -> Candidate:
    for change in (draft.suppliers.get(one.supplier_id), draft.offers.get(one.offer_id)):
        if change is None:
            continue
        cost = one.cost if change.cost is None else change.cost
        if change.cost_points is not None:
            cost = cost * (_WHOLE + change.cost_points) / _WHOLE
        one = replace(
            one, cost=cost,
            priority=one.priority if change.priority is None else change.priority,
            weight=one.weight if change.weight is None else change.weight,
            enabled=one.enabled if change.enabled is None else change.enabled,
        )  # fmt: skip
    return one


def _scene(past: Past, today: Sequence[Candidate]) -> tuple[Wanted, list[Candidate], int]:
    """What was to be decided then, as far as it was recorded."""
    told = past.trace.get("wanted") or {}
    wanted = Wanted(
        id=past.want_id, quantity=int(told.get("quantity", past.quantity)), price_minor=past.price_minor,
        floor_minor=int(told.get("floor_minor", past.floor_minor)), exponent=past.exponent, channel=past.channel,
        kind=past.kind, loss_left_minor=int(told.get("loss_left_minor", 0)),
        may_split=bool(told.get("may_split", past.may_split)),
    )  # fmt: skip
    known = {one.offer_id: one for one in today}
    if not past.trace.get("order"):
        return wanted, [_open(one) for one in today], past.minute
    entries, chosen = past.trace["order"], past.trace.get("chosen")
    before = [entry["offer"] for entry in entries]
    # Who came before the one that was bought from could not after all: no place in its pace, no money there.
    skipped = set(before[: before.index(chosen)]) if chosen in before else set()
    candidates = [
        _recorded(entry, known.get(UUID(entry["offer"])), wanted, barred=entry["offer"] in skipped) for entry in entries
    ]
    out = past.trace.get("out") or {}
    for offer, reason in (past.trace.get("why_not") or {}).items():
        one = known.get(UUID(offer))
        if offer in out:
            candidates.append(_recorded(out[offer], one, wanted, barred=False, off=reason == "off"))
        elif one is not None:
            candidates.append(replace(one, refused=True))
    return wanted, [one for one in candidates if one is not None], int(told.get("minute", past.minute))


def _recorded(
    entry: Mapping[str, Any], now: Candidate | None, wanted: Wanted, *, barred: bool, off: bool = False
) -> Candidate | None:
    """A candidate as it was: what the trace says of it, free of what changed since. None: nobody knows whose it was."""
    if now is None:
        return None
    quantity = int(entry.get("quantity", wanted.quantity))
    cost, landed = Decimal(entry["cost"]), Decimal(entry["landed"])
    rate = Decimal(entry["rate"]) if "rate" in entry else (landed / cost if cost else now.rate)
    return replace(
        now, cost=cost, rate=rate, enabled=not off, kind=wanted.kind, state=now.state if off else "on",
        stock_word=now.stock_word if off else "unknown", stock=now.stock if off else None, least=1,
        most=None if quantity >= wanted.quantity else quantity, multiple=1, terms={}, channels=(),
        priority=int(entry["priority"]), weight=int(entry.get("weight", now.weight)),
        supplier_priority=int(entry.get("supplier_priority", now.supplier_priority)), quota_left=None, from_minute=0,
        to_minute=0, funds=None, breaker="half" if entry.get("half") else "", success=float(entry["success"]),
        p95_seconds=float(entry["p95"]), refused=barred,
        # It was allowed then, whatever was spent or said since.
        guardless=False, judged=str(entry.get("judged", "")), factor=float(entry.get("factor", 1.0)),
    )  # fmt: skip


def _open(one: Candidate) -> Candidate:
    """As it is now, without what passes by itself."""
    told = one.surprise_left is not None
    return replace(one, breaker="", funds=None, quota_left=None, guardless=one.guardless and not told)
