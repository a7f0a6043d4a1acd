"""What decisions about claims would do to money: for the page of one, and in sum before many are decided at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.queries import DeskCase, Effect
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault


def effects(visitor: Visitor, case: DeskCase, now: datetime) -> Sequence[Effect]:
    """Of each decision. What a new code costs is known to those who may see what goods cost."""
    shop_id = visitor.shop.id
    order = orders.order_view(shop_id, case.order_id)
    cost = unit_cost(shop_id, case.sku_id, case.amount.currency, now) if visitor.may(Permission.SUPPLY_VIEW) else None
    return aftersales.effects_of(
        amount=case.amount,
        left=orders.refundable(shop_id, case.order_id),
        units=case.units,
        unit_cost=cost,
        extra=aftersales.promised_beyond(case.terms.compensation, case.reason, case.amount, order.total),
        supplier=case.supplier_id is not None and aftersales.recourse(shop_id, case.supplier_id)[0],
    )


def unit_cost(shop_id: UUID, sku_id: UUID, currency: str, now: datetime) -> Money | None:
    """About what one more code costs: of the stock on average, else of the cheapest supplier; None: not known."""
    level, costs = vault.stock(shop_id, [sku_id], now).get(sku_id), vault.stock_costs(shop_id, [sku_id])
    if level and level.available and sku_id in costs and costs[sku_id][1] == currency:
        return Money(-(-costs[sku_id][0] // level.available), currency)
    offers = [one.landed for one in supply.offers_now(shop_id, sku_id, now) if one.enabled and one.state == "on"]
    if not offers:
        return None
    minor = (min(offers) * 10 ** EXPONENTS[currency]).to_integral_value(ROUND_CEILING)
    return Money(int(minor), currency)


def sums(cases: Sequence[DeskCase], action: str) -> list[str]:
    """Lines about all of them together, a line for each currency."""
    lines = []
    for currency in sorted({case.amount.currency for case in cases}):
        some = [case for case in cases if case.amount.currency == currency]
        back = Money(sum(case.amount.amount_minor for case in some), currency)
        units = sum(case.units for case in some)
        if action in ("refund", "void_refund"):
            lines.append(_("合计退款至多 %(amount)s") % {"amount": plain_money(back)})
        elif action == "replace":
            lines.append(ngettext("合计换新 %(n)d 个", "合计换新 %(n)d 个", units) % {"n": units})
        elif action == "reject":
            lines.append(_("合计 %(amount)s 不退") % {"amount": plain_money(back)})
        extra = sum(_extra(case).amount_minor for case in some) if action in ("refund", "replace") else 0
        if extra:
            lines.append(_("承诺的赔付至多 %(amount)s") % {"amount": plain_money(Money(extra, currency))})
    return lines


def _extra(case: DeskCase) -> Money:
    return aftersales.promised_beyond(case.terms.compensation, case.reason, case.amount, case.amount)
