"""An employee buys what his company offers: by units alone, or by units and his own money."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuForSale
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.loyalty.errors import NotEnoughPoints
from goodfor.loyalty.operations.spend_units import REDEEMED, spend_units
from goodfor.loyalty.types import WELFARE, Holder
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, Credit, HoldOrder, LineRequest, LineView, PlacedOrder
from goodfor.welfare import states
from goodfor.welfare.errors import EmployeeNotFound, NotForWelfare, WelfarePriceChanged, WelfareShort
from goodfor.welfare.locks import lock_employee
from goodfor.welfare.mapping import company_view
from goodfor.welfare.models import Company, Employee, Use, UsePart
from goodfor.welfare.operations.steps import must_be_on
from goodfor.welfare.types import Spent
from goodfor.welfare.worth import priced


@transaction.atomic(savepoint=False)
def spend(
    *, shop_id: UUID, employee_id: UUID, buyer_id: UUID, lines: Sequence[LineRequest], buyer: Buyer, expect_minor: int,
    part_minor: int | None = None, request_key: str, hold: HoldOrder | None = None, order_id: UUID | None = None,
    now: datetime,
) -> Spent:  # fmt: skip
    """Order goods and pay them by units: with the company's markup, all of it, or `part_minor` of the price, whose rest
    the order then waits for as any other. `expect_minor`: the shop's price that was shown. Once for a request.

    Raises EmployeeNotFound (not this buyer's), CompanyOff, NotForWelfare, WelfarePriceChanged, WelfareShort, and what
    placing and paying an order raise; then nothing has changed.
    """
    row = lock_employee(shop_id, employee_id)
    if row.state != states.JOINED or row.buyer_id != buyer_id:
        raise EmployeeNotFound
    known = Use.objects.filter(shop_id=shop_id, employee=row, request_key=request_key[:40]).first()
    if known is not None:
        return Spent(known.order_id, orders.order_view(shop_id, known.order_id).number, known.units)
    company = Company.objects.get(shop_id=shop_id, id=row.company_id)
    must_be_on(company)
    skus = _offered(company, [one.sku_id for one in lines])
    credit = Credit(WELFARE, part_minor) if part_minor is not None else None
    placed = place_order(
        shop_id=shop_id, lines=lines, buyer=buyer, channel="storefront", hold=hold, order_id=order_id,
        expect_minor=expect_minor, credit=credit, now=now,
    )  # fmt: skip
    minor = part_minor if part_minor is not None else placed.total.amount_minor
    if part_minor is None and minor != expect_minor:
        raise WelfarePriceChanged(units=priced(minor, company.markup_bp))
    if minor < 1:
        raise NotForWelfare
    units = priced(minor, company.markup_bp)
    _take(company, row, placed, units, minor, now)
    if credit is None:
        pay_from_credit(shop_id=shop_id, order_id=placed.order_id, account=REDEEMED, now=now)
    _note(company, row, placed, skus, units, minor, request_key, now)
    return Spent(placed.order_id, placed.number, units, placed.secret)


def _offered(company: Company, sku_ids: Sequence[UUID]) -> Mapping[UUID, SkuForSale]:
    skus = catalog.skus_for_sale(company.shop_id, sku_ids)
    view = company_view(company)
    if not all(view.offers(sku_id, skus[sku_id].category_id) for sku_id in sku_ids):
        raise NotForWelfare
    return skus


def _take(company: Company, row: Employee, placed: PlacedOrder, units: int, minor: int, now: datetime) -> None:
    try:
        moved = spend_units(
            shop_id=company.shop_id, holder=Holder(row.id, WELFARE, company.id), units=units,
            order_id=placed.order_id, buys_minor=minor, actor="buyer", now=now,
        )  # fmt: skip
    except NotEnoughPoints:
        raise WelfareShort(units=units) from None
    ledger.post(shop_id=company.shop_id, currency=company.currency, entries=moved.entries, now=now)


def _note(
    company: Company, row: Employee, placed: PlacedOrder, skus: Mapping[UUID, SkuForSale], units: int, minor: int,
    request_key: str, now: datetime,
) -> None:  # fmt: skip
    use = Use.objects.create(
        id=uuid7(), shop_id=company.shop_id, company=company, employee=row, order_id=placed.order_id,
        request_key=request_key[:40], units=units, minor=minor, department=row.department, at=now,
    )  # fmt: skip
    UsePart.objects.bulk_create(
        UsePart(shop_id=company.shop_id, use_id=use.id, category_id=category_id, units=part)
        for category_id, part in _by_category(placed.lines, skus, Money(units, company.currency)).items()
    )


def _by_category(lines: Sequence[LineView], skus: Mapping[UUID, SkuForSale], units: Money) -> dict[UUID, int]:
    """By the list prices of the lines; gifts cost nothing."""
    sold = [line for line in lines if not line.gift and line.sku_id in skus]
    parts = units.allocate([line.unit_price.amount_minor * line.quantity for line in sold])
    found: dict[UUID, int] = defaultdict(int)
    for line, part in zip(sold, parts, strict=True):
        found[skus[line.sku_id].category_id] += part.amount_minor
    return found
