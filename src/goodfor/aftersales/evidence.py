"""What is known about a claim now: gathered from the rooms below in few reads. Nothing is written or asked here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.aftersales import facts as kinds
from goodfor.aftersales.defaults import AGAINST, FAULTS
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case, Finding
from goodfor.aftersales.recalls import recalled
from goodfor.aftersales.types import Facts, Terms
from goodfor.delivery import queries as delivery
from goodfor.kernel.sql import Statement
from goodfor.orders import claim_states
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT, ClaimView, SoldLine
from goodfor.payments import queries as payments
from goodfor.supply import queries as supply
from goodfor.supply.types import CodeOrigin, InquiryView
from goodfor.vault import queries as vault

#: Words of a supplier that say how a code stands.
_STATES: Final = frozenset({"unused", "locked", "used", "voided", "expired", "invalid"})
_BUYER: Final = Statement(__package__, "sql/buyer_history.sql")
_BATCH: Final = Statement(__package__, "sql/batch_history.sql")
# What was asked to be taken back: nothing, it is under way, all of it is, some of it, none and none will be.
NO_VOID, VOIDING, VOIDED, PARTLY, KEPT = "", "voiding", "voided", "partly", "kept"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts, what they were found from (a finding of each kind), and what else it takes to carry a decision out."""

    facts: Facts
    found: Mapping[str, Mapping[str, Any]]
    #: Of these what was not found like this before.
    fresh: tuple[str, ...]
    claim_state: str
    #: The codes that the supplier can be asked about: those that their buyer looked at.
    codes: tuple[UUID, ...]
    #: What became of these where they were asked to be taken back.
    void: str
    supplier_id: UUID | None
    batch_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Codes:
    """The codes of a claim as they stand."""

    ids: tuple[UUID, ...]
    seen: Mapping[UUID, datetime]
    expired: bool
    batch_id: UUID | None
    origins: Mapping[UUID, CodeOrigin]

    def all_seen(self, ability: str) -> bool:
        """Whether the suppliers of all codes that were seen can do this."""
        return bool(self.seen) and all(
            code in self.origins and getattr(self.origins[code], ability) for code in self.seen
        )


def latest(shop_id: UUID, case_id: UUID) -> dict[str, dict[str, Any]]:
    """The latest finding of each kind."""
    rows = Finding.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id").values_list("kind", "value")
    return {kind: dict(value) for kind, value in rows}


def look(case: Case, now: datetime) -> Evidence:
    """All that is known of a case's claim. Raises ClaimNotFound."""
    shop_id = case.shop_id
    known = latest(shop_id, case.id)
    claim = orders.claim(shop_id, case.id)
    lines = orders.sold_lines(shop_id, [case.order_id])
    line = next(one for one in lines if one.line_id == case.line_id)
    codes = _codes(shop_id, claim, line)
    inquiries = supply.inquiries(shop_id, case.id) if kinds.ASKED in known or kinds.VOID in known else []
    said, used_at = _said(codes, inquiries, known, now)
    void = _void(codes, inquiries, known.get(kinds.VOID), now)
    terms = terms_from_json(case.terms)
    found: dict[str, dict[str, Any]] = {kinds.PROMISE: _promise(case, line, terms)}
    if codes.seen:
        found[kinds.REVEAL] = {"seen": len(codes.seen), "first": min(codes.seen.values()).isoformat()}
    if said:
        found[kinds.SUPPLIER] = {"said": said, "used_at": used_at.isoformat() if used_at else None}
    topped = _topped(case, line, found)
    facts = _facts(case, claim, line, codes, known, terms, found, now)
    facts["at_once"] = facts["at_once"] and not orders.keeps_gift(shop_id, lines, codes.ids)
    facts |= {
        "code_said": said,
        "can_ask": codes.all_seen("can_ask"),
        "can_void": codes.all_seen("can_void") and void == NO_VOID,
        "topped": topped,
    }
    first = next((codes.origins[code] for code in codes.ids if code in codes.origins), None)
    fresh = tuple(kind for kind, value in found.items() if known.get(kind) != value)
    return Evidence(
        facts=Facts(**facts),
        found=found,
        fresh=fresh,
        claim_state=claim.state,
        codes=tuple(sorted(codes.seen)),
        void=void,
        supplier_id=first.supplier_id if first else None,
        batch_id=codes.batch_id,
    )


def _facts(
    case: Case, claim: ClaimView, line: SoldLine, codes: _Codes, known: Mapping[str, Mapping[str, Any]], terms: Terms,
    found: dict[str, dict[str, Any]], now: datetime,
) -> dict[str, Any]:  # fmt: skip
    asked = known.get(kinds.CLAIM, {})
    delivered = line.delivered_at or case.opened_at
    kind = "direct" if line.kind == DIRECT else "code"
    replaceable = bool(codes.seen) and orders.replaceable(case.shop_id, case.id, now)
    if codes.seen:
        found[kinds.STOCK] = {"replaceable": replaceable}
    return {
        "reason": case.reason,
        "units": case.units,
        "amount_minor": case.amount_minor,
        "seen": len(codes.seen),
        "unseen": len(codes.ids) - len(codes.seen),
        "seen_for": int((case.opened_at - min(codes.seen.values())).total_seconds()) if codes.seen else None,
        "since_delivery": int((case.opened_at - delivered).total_seconds()),
        "within_promise": found[kinds.PROMISE]["within"],
        "covered": found[kinds.PROMISE]["covered"],
        "kind": kind,
        "expired": codes.expired,
        "account": case.buyer.startswith("buyer:"),
        "replaceable": replaceable,
        "first": terms.first,
        "replaced_before": _replaced_before(case.shop_id, claim),
        "pictures": int(known.get(kinds.PICTURES, asked).get("pictures", 0)),
        "objection": kinds.OBJECTION in known,
        "asked_buyer": kinds.QUESTION in known,
        "at_once": bool(asked.get("fresh")) and terms.instant_refund,
        "disputed_payment": _disputed(case, found),
        "risk": str(asked.get("risk", "")),
        "recalled": recalled(case.shop_id, case.line_id, codes.ids),
        **_batch(case, codes.batch_id, found),
        **_buyer(case, found, now),
    }


def _codes(shop_id: UUID, claim: ClaimView, line: SoldLine) -> _Codes:
    ids = claim.code_ids
    origin = vault.origin(shop_id, ids)
    seen = {code: one.revealed_at for code, one in origin.items() if one.revealed_at is not None}
    delivered = line.delivered_at
    # Past its day when it was given out; one that has passed it since was good.
    expired = delivered is not None and any(
        one.expires_at is not None and one.expires_at <= delivered for one in origin.values()
    )
    batches = [origin[code].batch_id for code in ids if code in origin]
    return _Codes(ids, seen, expired, batches[0] if batches else None, supply.origin_of_codes(shop_id, ids))


def _since(known: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    """From when on a supplier's word counts: after an objection it is asked anew."""
    at = known.get(kinds.OBJECTION, {}).get("at")
    return datetime.fromisoformat(at) if at else None


def _said(
    codes: _Codes, inquiries: Sequence[InquiryView], known: Mapping[str, Mapping[str, Any]], now: datetime
) -> tuple[str, datetime | None]:
    """What the supplier says of the codes now, in one word, and when one of them was used."""
    asked = known.get(kinds.ASKED)
    since = _since(known)
    if asked is None or (since is not None and datetime.fromisoformat(asked["at"]) < since):
        return "", None
    over = now >= datetime.fromisoformat(asked["until"])
    words, used = [], None
    for code, seen_at in codes.seen.items():
        own = [one for one in inquiries if one.code_id == code and (since is None or one.asked_at >= since)]
        # A word about its state that came with a refusal to take it back is newer than the answer before.
        told = [one for one in own if one.said in _STATES or (one.kind == "ask" and one.said)]
        last = max(told, key=lambda one: (one.ended_at or one.asked_at, one.kind == "void"), default=None)
        if last is not None:
            words.append(kinds.said_of_code(last.said, last.used_at, seen_at))
            used = last.used_at or used
        else:
            waited = any(one.kind == "ask" for one in own)
            words.append("asked" if waited and not over else "silent")
    return kinds.together(words), used


def _void(codes: _Codes, inquiries: Sequence[InquiryView], asked: Mapping[str, Any] | None, now: datetime) -> str:
    """What became of the codes that were asked to be taken back."""
    if asked is None:
        return NO_VOID
    own = [one for one in inquiries if one.kind == "void" and one.code_id in codes.seen]
    done = {one.code_id for one in own if one.said == "voided"}
    if done and done == set(codes.seen):
        return VOIDED
    if any(not one.said for one in own) and now < datetime.fromisoformat(asked["until"]):
        return VOIDING
    return PARTLY if done else KEPT


def _promise(case: Case, line: SoldLine, terms: Terms) -> dict[str, Any]:
    ends = (line.delivered_at or case.opened_at) + timedelta(days=terms.claim_days)
    covered = case.reason not in terms.excluded and (case.reason != "changed_mind" or terms.change_of_mind)
    return {
        "version": case.promise_version,
        "days": terms.claim_days,
        "within": case.opened_at <= ends,
        "covered": covered,
    }


def _topped(case: Case, line: SoldLine, found: dict[str, dict[str, Any]]) -> bool:
    proofs = delivery.top_up_proofs(case.shop_id, [line.line_id]) if line.kind == DIRECT else []
    if proofs:
        last = proofs[-1]
        found[kinds.TOP_UP] = {
            "number": last.number,
            "ref": last.ref or last.number,
            "units": sum(one.units for one in proofs),
            "done_at": last.done_at.isoformat(),
        }
    return bool(proofs)


def _replaced_before(shop_id: UUID, claim: ClaimView) -> bool:
    others = orders.claims_of_order(shop_id, claim.order_id)
    replaced = [one.id for one in others if one.state == claim_states.REPLACED and one.id != claim.id]
    new = {unit.new_code_id for one in replaced for unit in orders.claim_units(shop_id, one)}
    return bool(new & set(claim.code_ids))


def _disputed(case: Case, found: dict[str, dict[str, Any]]) -> bool:
    payment_id = orders.order_view(case.shop_id, case.order_id).payment_id
    if payment_id is None:
        return False
    disputed = payments.holds_back(case.shop_id, payment_id) or any(
        one.state == "open" for one in payments.cases_of(case.shop_id, payment_id)
    )
    if disputed:
        found[kinds.PAYMENT] = {"disputed": True}
    return disputed


def _batch(case: Case, batch_id: UUID | None, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if batch_id is None:
        return {"batch_bad": 0, "batch_sold": 0, "batch_share": 0, "batch_claims": 0}
    row = _BATCH.row(
        {"shop_id": case.shop_id, "batch_id": batch_id, "case_id": case.id, "order_id": case.order_id,
         "faults": list(FAULTS)}
    )  # fmt: skip
    assert row is not None
    bad, units, claims = row
    sold = sum(one.sold + one.quarantined for one in vault.batches_by_ids(case.shop_id, [batch_id]))
    found[kinds.BATCH] = {"batch_id": str(batch_id), "bad": bad, "units": units, "sold": sold, "claims": claims}
    return {
        "batch_bad": bad,
        "batch_sold": sold,
        "batch_share": min(1000, units * 1000 // sold) if sold else 0,
        "batch_claims": claims,
    }


def _buyer(case: Case, found: dict[str, dict[str, Any]], now: datetime) -> dict[str, Any]:
    row = _BUYER.row(
        {"shop_id": case.shop_id, "buyer": case.buyer, "case_id": case.id, "half_year": now - timedelta(days=180),
         "quarter": now - timedelta(days=90), "against": list(AGAINST)}
    )  # fmt: skip
    assert row is not None
    claims, proven, refused, trusted, back = row
    bought = orders.bought_times(case.shop_id, case.buyer, case.order_id)
    found[kinds.BUYER] = {
        "orders": bought, "claims": claims, "proven": proven, "refused": refused, "trusted": trusted, "back": back,
    }  # fmt: skip
    return {
        "buyer_orders": bought,
        "buyer_claims": claims,
        "buyer_proven": proven,
        "buyer_refused": refused,
        "buyer_trusted": trusted,
        "buyer_back_minor": back,
        "doubt": min(1000, (trusted + refused) * 100 // max(bought, 1)),
    }
