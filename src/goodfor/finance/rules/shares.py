"""Who gets how much of a delivered line, and what comes back of it. Pure.

Shares of a line never exceed its price without VAT: in the order of priority each gets at most what is left. What no
share takes is the platform's. Source: finance reference 3.2, 3.5; caps and tiers by the month of delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from goodfor.finance import accounts
from goodfor.finance.rules import booking
from goodfor.finance.rules.facts import LineFacts, Moved, Pact, Part, ShareFacts, Volume, Volumes
from goodfor.finance.rules.vat import part_of
from goodfor.finance.types import AgreementView, Terms
from goodfor.ledger.shares import allocate, refund_steps
from goodfor.ledger.types import Entry, Line

NAME: Final = "shares"
UNSHARED: Final = "unshared"
VERSION: Final = 1


def in_force(versions: Sequence[AgreementView], at: datetime) -> AgreementView | None:
    """Of the versions of one agreement that which holds: the latest made whose time it is; None where it is ended."""
    holding = [one for one in versions if one.holds(at)]
    latest = max(holding, key=lambda one: one.version, default=None)
    return None if latest is None or latest.says.terms.kind == "none" else latest


def covered(agreement: AgreementView, line: LineFacts) -> tuple[Part, ...]:
    """The parts of a line that an agreement is about."""
    says = agreement.says
    if says.scope == "supplier":
        return tuple(part for part in line.parts if part.terms.supplier_code == says.scope_ref)
    about = {"all": "", "sku": str(line.sku_id), "category": str(line.category_id)}[says.scope]
    return line.parts if about == says.scope_ref else ()


def base_of(agreement: AgreementView, parts: Sequence[Part]) -> int:
    """What the share is of, in minor units; never below nothing."""
    net = sum(part.gross for part in parts)
    if agreement.says.base == "gross":
        return net + sum(part.discount for part in parts)
    if agreement.says.base == "net_of_discount":
        return net
    return max(0, net - sum(part.cost - part.input + part.vat for part in parts))


def wanted(terms: Terms, *, base: int, units: int, volume: int) -> int:
    """What the terms alone give; `volume`: of the month before, in the measure of tiers."""
    if terms.kind == "percent":
        return part_of(base, terms.bp)
    if terms.kind == "fixed":
        return terms.minor * units
    if terms.kind == "tiers":
        reached = [tier for tier in terms.tiers if tier.from_volume <= volume]
        return part_of(base, max(reached, key=lambda tier: tier.from_volume).bp) if reached else 0
    return 0


def share(
    pact: Pact, line: LineFacts, *, rank: int, seen: Volume, limit: int, volume: int | None = None
) -> ShareFacts | None:
    """What one version gives of a line, at most `limit`; None where it is not about it. `volume`: where it is known."""
    says = pact.agreement.says
    parts = covered(pact.agreement, line)
    if not parts:
        return None
    base, units = base_of(pact.agreement, parts), sum(part.quantity for part in parts)
    before = volume if volume is not None else seen.base if says.terms.measure == "base" else seen.units
    asked = wanted(says.terms, base=base, units=units, volume=before)
    caps: dict[str, int] = {"left": limit}
    if says.line_cap_minor is not None:
        caps["line_cap"] = says.line_cap_minor
    if says.month_cap_minor is not None:
        caps["month_cap"] = max(0, says.month_cap_minor - seen.shared)
    cut = min(caps, key=lambda name: caps[name])
    amount = min(asked, caps[cut])
    explained: dict[str, object] = {"terms": says.terms.kind, "units": units, "asked": asked}
    if amount < asked:
        explained["cut"] = cut
    return ShareFacts(
        pact.agreement.id, pact.agreement.code, pact.agreement.version, pact.party.id, accounts.accrued(pact.party),
        rank, base, amount, volume_before=before, explained=explained,
    )  # fmt: skip


def by_priority(pacts: Sequence[Pact]) -> list[Pact]:
    """Who is served first."""
    return sorted(pacts, key=lambda one: (one.agreement.says.priority, one.agreement.code))


def shares_of(line: LineFacts, pacts: Sequence[Pact], volumes: Volumes, month: date) -> list[ShareFacts]:
    """The shares of a line, by priority; `volumes` is moved on."""
    found: list[ShareFacts] = []
    limit = line.gross - line.vat
    for pact in by_priority(pacts):
        key = (pact.agreement.code, month)
        seen = volumes.get(key, Volume())
        got = share(pact, line, rank=len(found), seen=seen, limit=limit)
        if got is None:
            continue
        units = sum(part.quantity for part in covered(pact.agreement, line))
        volumes[key] = seen.plus(units, got.base, got.amount)
        limit -= got.amount
        found.append(got)
    return found


def entries_of(*, order_id: UUID, line: LineFacts, shares: Sequence[ShareFacts], at: datetime) -> list[Entry]:
    """One entry a share: owed to its party from now on."""
    found = [
        booking.entry(
            rule=NAME, version=VERSION, reference=f"share:{line.line_id}:{one.agreement_id}", at=at,
            lines=_lines(order_id, line, one, one.amount), cause=(booking.FOLLOWING, order_id),
            why={"agreement": one.agreement_code, "of": one.version, "base": one.base, **one.explained},
        )
        for one in shares
    ]  # fmt: skip
    return [entry for entry in found if entry is not None]


def _lines(order_id: UUID, line: LineFacts, one: ShareFacts, amount: int) -> list[Line]:
    """An amount that a party gets; negative: gives back."""
    where = {"order_id": order_id, "line_id": line.line_id, "sku_id": line.sku_id}
    return [
        booking.line(accounts.COMMISSION, amount, **where, party_id=one.party_id),
        booking.line(one.account, -amount, **where, party_id=one.party_id),
    ]


def give_back(line: LineFacts, shares: Sequence[ShareFacts], amount: int) -> list[ShareFacts]:
    """The shares after the line gave back so much of its price; `line` is as it was before."""
    rest = line.gross - sum(one.amount for one in shares)
    rest_back = line.refunded - sum(one.reversed for one in shares)
    steps = refund_steps(
        [*(one.amount for one in shares), rest], [*(one.reversed for one in shares), rest_back], amount
    )
    return [one.back(step) for one, step in zip(shares, steps, strict=False)]


def unshare_entry(
    *, order_id: UUID, line: LineFacts, moved: Moved, before: Sequence[ShareFacts], after: Sequence[ShareFacts]
) -> Entry | None:
    """What the parties of a line give back for one refund."""
    postings: list[Line] = []
    for was, now in zip(before, after, strict=True):
        postings += _lines(order_id, line, now, was.reversed - now.reversed)
    refund = moved.reference.removeprefix("refund:")
    return booking.entry(
        rule=UNSHARED, version=VERSION, reference=f"unshare:{refund}:{line.line_id}", lines=postings,
        at=moved.effective_at, cause=(booking.FOLLOWING, order_id),
    )  # fmt: skip


def restated(line: LineFacts, others: Sequence[ShareFacts], fresh: ShareFacts) -> ShareFacts:
    """A share that takes the place of another version's, with what refunds have taken back of it so far.

    Its target, held to what keeps the line's parts whole: together they have given back what the line has.
    """
    rest = line.gross - fresh.amount - sum(one.amount for one in others)
    others_back = sum(one.reversed for one in others)
    if not line.refunded:
        return replace(fresh, reversed=0)
    weights = [fresh.amount, *(one.amount for one in others), rest]
    target = allocate(line.refunded, weights)[0]
    least = max(0, line.refunded - others_back - rest)
    most = min(fresh.amount, line.refunded - others_back)
    return replace(fresh, reversed=max(least, min(most, target)))


def reshare_entry(
    *, order_id: UUID, line: LineFacts, was: ShareFacts | None, now: ShareFacts, at: datetime,
    cause: tuple[str, UUID | None], why: Mapping[str, object],
) -> Entry | None:  # fmt: skip
    """The difference between what a party has by the old version and what it gets by the new one."""
    postings: list[Line] = []
    if was is not None:
        postings += _lines(order_id, line, was, -was.left)
    postings += _lines(order_id, line, now, now.left)
    if was is not None and was.account == now.account:
        postings = _lines(order_id, line, now, now.left - was.left)
    return booking.entry(
        rule="reshared", version=VERSION, reference=f"reshare:{line.line_id}:{now.agreement_id}", lines=postings,
        at=at, cause=cause, why=why,
    )  # fmt: skip
