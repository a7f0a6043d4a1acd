"""Which suppliers the bad goods of a case came from, and what they had cost."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from goodfor.aftersales.grant_models import Recovery
from goodfor.aftersales.models import Case
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply
from goodfor.supply.types import AttemptView
from goodfor.vault import queries as vault
from goodfor.vault.types import CodeCost

_BOUGHT: Final = "supply:"
_COST: Final = "5401:cogs:"


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
    """By supplier, sorted. What was on the shop's own shelf, and codes of an earlier recovery, are left out."""
    bought = {one.number: one for one in supply.attempts_of_order(case.shop_id, case.order_id)}
    codes = _codes_of(case)
    if codes is None:
        return _topped(case, [one for one in bought.values() if one.line_id == case.line_id and one.got > 0])
    found: dict[tuple[UUID, str], BadGoods] = {}
    for code_id, cost in vault.code_costs(case.shop_id, codes).items():
        purchase = bought.get(_purchase(cost))
        if purchase is None:
            continue
        goods = found.setdefault((purchase.supplier_id, cost.currency), BadGoods(purchase.supplier_id, cost.currency))
        goods.units += 1
        goods.cost_minor += still_lost(purchase, cost.unit_cost_minor)
        goods.code_ids.append(code_id)
        goods.purchases.add(purchase.number)
    return [found[key] for key in sorted(found, key=str)]


def _codes_of(case: Case) -> Sequence[UUID] | None:
    """Those nobody was asked about yet; None: the line has no codes."""
    claims = orders.claims_of_order(case.shop_id, case.order_id)
    claim = next((one for one in claims if one.id == case.id), None)
    named = claim.code_ids if claim else tuple(one.code_id for one in vault.held(case.shop_id, case.line_id))
    if not named:
        return None
    others = Recovery.objects.filter(shop_id=case.shop_id, order_id=case.order_id).exclude(case_id=case.id)
    known = {code_id for codes in others.values_list("code_ids", flat=True) for code_id in codes}
    return [code_id for code_id in named if code_id not in known]


def _purchase(cost: CodeCost) -> str:
    return cost.source.removeprefix(_BOUGHT).removesuffix(":shelf") if cost.source.startswith(_BOUGHT) else ""


def still_lost(purchase: AttemptView, cost_minor: int) -> int:
    """The cost less the share of the purchase that its supplier has given back: that money is not asked for twice."""
    if not purchase.charged or not purchase.refunded:
        return cost_minor
    left = max(purchase.charged - purchase.refunded, purchase.charged * 0)
    return int(cost_minor * left / purchase.charged)


def _topped(case: Case, purchases: Sequence[AttemptView]) -> list[BadGoods]:
    """A top-up: the line's cost by its units, shared by who says to have done them."""
    done = sum(one.got for one in purchases)
    if not done:
        return []
    postings = ledger.postings_of_order(case.shop_id, case.order_id)
    cost = sum(
        one.amount_minor
        for one in postings
        if one.order_line_id == case.line_id and one.account.startswith(_COST) and one.layer == 0
    )
    by_supplier: dict[UUID, list[AttemptView]] = defaultdict(list)
    for one in purchases:
        by_supplier[one.supplier_id].append(one)
    goods = []
    for supplier_id, own in sorted(by_supplier.items(), key=str):
        share = sum(still_lost(one, max(cost, 0) * one.got // done) for one in own)
        bad = min(case.units, done)
        numbers = {one.number for one in own}
        units = max(bad * sum(one.got for one in own) // done, 1)
        goods.append(BadGoods(supplier_id, case.currency, units, share * bad // done, purchases=numbers))
    return goods
