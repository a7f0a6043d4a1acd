"""Which suppliers the bad goods of a case came from, and what they had cost."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Sum

from goodfor.aftersales.grant_models import Recovered, Recovery
from goodfor.aftersales.models import Case
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply
from goodfor.supply.types import AttemptView
from goodfor.vault import queries as vault

_COST: Final = "5401:cogs:"
#: Begins the reference of money that came back for a complaint.
COMPLAINT: Final = "complaint:"


@dataclass(slots=True)
class BadGoods:
    """What one supplier delivered of a case's bad units, and what it had cost, less what came back for it already."""

    supplier_id: UUID
    currency: str
    units: int = 0
    cost_minor: int = 0
    code_ids: list[UUID] = field(default_factory=list)
    purchases: set[str] = field(default_factory=set)


def bad_goods(case: Case) -> list[BadGoods]:
    """By supplier, sorted. Own stock, codes back on the shelf and those of earlier recoveries are left out."""
    codes = _codes_of(case)
    found = _topped(case) if codes is None else _coded(case, codes)
    for goods in found:
        # What came for a complaint about this very case.
        back = [one for one in supply.inquiries(case.shop_id, case.id) if one.supplier_id == goods.supplier_id]
        paid = sum(one.amount_minor or 0 for one in back if one.said == "upheld" and one.currency == goods.currency)
        goods.cost_minor = max(goods.cost_minor - paid, 0)
    return found


def _coded(case: Case, codes: Sequence[UUID]) -> list[BadGoods]:
    costs = vault.code_costs(case.shop_id, codes)
    lost: dict[UUID, tuple[int, int]] = {}
    found: dict[tuple[UUID, str], BadGoods] = {}
    for code_id, origin in sorted(supply.origin_of_codes(case.shop_id, codes).items()):
        cost = costs[code_id]
        key = (origin.supplier_id, cost.currency)
        goods = found.setdefault(key, BadGoods(*key))
        if origin.attempt_id not in lost:
            lost[origin.attempt_id] = _lost(case.shop_id, origin.attempt_id, origin.number)
        goods.units += 1
        goods.cost_minor += still_lost(cost.unit_cost_minor, *lost[origin.attempt_id])
        goods.code_ids.append(code_id)
        goods.purchases.add(origin.number)
    return [found[key] for key in sorted(found, key=str)]


def _codes_of(case: Case) -> Sequence[UUID] | None:
    """Those nobody was asked about yet; None: the line has no codes."""
    units = orders.claim_units(case.shop_id, case.id)
    named = [one.code_id for one in units if one.code_id is not None]
    named = named or [one.code_id for one in vault.held(case.shop_id, case.line_id)]
    if not named:
        return None
    others = Recovery.objects.filter(shop_id=case.shop_id, order_id=case.order_id).exclude(case_id=case.id)
    left_out = {code_id for codes in others.values_list("code_ids", flat=True) for code_id in codes}
    # What was never looked at went back on the shelf, at what it had cost.
    left_out |= {one.code_id for one in units if one.code_id is not None and one.restocked}
    return [code_id for code_id in named if code_id not in left_out]


def _lost(shop_id: UUID, attempt_id: UUID, number: str) -> tuple[int, int]:
    """What a purchase had cost, and what came back of it that nothing explains yet, in the shop's minor units."""
    purchase = supply.returned_of(shop_id, attempt_id)
    asked = Recovery.objects.filter(shop_id=shop_id, purchases__contains=[number]).values_list("id", flat=True)
    met = Recovered.objects.filter(shop_id=shop_id, recovery_id__in=list(asked), into="returned")
    known = met.exclude(reference__startswith=COMPLAINT).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return purchase.charged_minor, max(purchase.returned_minor - purchase.explained_minor - known, 0)


def still_lost(cost_minor: int, charged_minor: int, back_minor: int) -> int:
    """A cost less its share of what came back of the purchase: that money is not asked for twice."""
    if charged_minor <= 0 or back_minor <= 0:
        return cost_minor
    return cost_minor * max(charged_minor - back_minor, 0) // charged_minor


def _topped(case: Case) -> list[BadGoods]:
    """A top-up: the line's cost by its units, shared by who says to have done them."""
    bought = supply.attempts_of_order(case.shop_id, case.order_id)
    purchases = [one for one in bought if one.line_id == case.line_id and one.got > 0]
    done = sum(one.got for one in purchases)
    if not done:
        return []
    cost = sum(
        one.amount_minor
        for one in ledger.postings_of_order(case.shop_id, case.order_id)
        if one.order_line_id == case.line_id and one.account.startswith(_COST) and one.layer == 0
    )
    by_supplier: dict[UUID, list[AttemptView]] = defaultdict(list)
    for one in purchases:
        by_supplier[one.supplier_id].append(one)
    bad, goods = min(case.units, done), []
    for supplier_id, own in sorted(by_supplier.items(), key=str):
        share = sum(still_lost(max(cost, 0) * one.got // done, *_lost(case.shop_id, one.id, one.number)) for one in own)
        units = max(bad * sum(one.got for one in own) // done, 1)
        numbers = {one.number for one in own}
        goods.append(BadGoods(supplier_id, case.currency, units, share * bad // done, purchases=numbers))
    return goods
