"""The books of a purchase: what was set aside, spent and came back. In the caller's transaction."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.kernel.money import EXPONENTS
from goodfor.ledger import operations as ledger
from goodfor.ledger.errors import AccountNotOpen, InsufficientFunds
from goodfor.supply import entries
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want


def cost_of(want: Want, attempt: Attempt) -> int:
    """What the goods cost in the shop's minor units.

    Where the supplier does not say what it took, what was expected is taken for it; a later word corrects the row.
    """
    rate = Supplier.objects.values_list("rate", flat=True).get(shop_id=want.shop_id, id=attempt.supplier_id)
    if attempt.charged is None:
        attempt.charged = Decimal(str(attempt.trace.get("expected", attempt.max_cost)))
    return entries.minor(attempt.charged, rate, EXPONENTS[want.currency])


def book_goods(want: Want, attempt: Attempt, now: datetime, *, kept: bool) -> None:
    """Goods came: what they cost leaves the prepayment, or is owed. Not `kept`: it is claimed from the supplier."""
    cost = cost_of(want, attempt)
    supplier = Supplier.objects.get(shop_id=want.shop_id, id=attempt.supplier_id)
    assert attempt.charged is not None
    _spend(supplier, attempt.charged)
    if not cost:
        book_nothing(want, attempt, now)
        return
    goods = entries.stock(want.sku_id) if kept else entries.claim(supplier.code)
    if attempt.hold_tx is None:
        _pay(want, attempt, supplier, goods, cost, now)
        return
    held = entries.minor(attempt.max_cost, Decimal(1), EXPONENTS[want.currency], up=True)
    within = min(cost, held)
    ledger.settle_hold(
        shop_id=want.shop_id,
        hold_tx=attempt.hold_tx,
        reference=f"buy:{attempt.id}:settled",
        lines=entries.bought_lines(
            goods=goods, source=entries.prepaid(supplier.code), sku_id=want.sku_id, cost_minor=within
        ),
        now=now,
    )
    if cost > within:
        # They took more than they were allowed to: it is in the books, and the page of the purchase says so.
        _pay(want, attempt, supplier, goods, cost - within, now)
    _forget_hold(attempt)


def book_nothing(want: Want, attempt: Attempt, now: datetime) -> None:
    """It ended without goods: what was set aside is free again."""
    if attempt.hold_tx is None:
        return
    ledger.void_hold(shop_id=want.shop_id, hold_tx=attempt.hold_tx, reference=f"buy:{attempt.id}:void", now=now)
    _forget_hold(attempt)


def book_returned(want: Want, attempt: Attempt, refunded: Decimal, now: datetime) -> None:
    """The supplier gave money back: `refunded` is all so far. Where it goes: to the prepayment, or off what is owed."""
    supplier = Supplier.objects.get(shop_id=want.shop_id, id=attempt.supplier_id)
    exponent = EXPONENTS[want.currency]
    before = entries.minor(attempt.refunded, supplier.rate, exponent)
    total = entries.minor(refunded, supplier.rate, exponent)
    _spend(supplier, attempt.refunded - refunded)
    Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id).update(refunded=refunded)
    attempt.refunded = refunded
    if total <= before:
        return
    prepaid = supplier.cycle == "prepaid" and supplier.currency == want.currency
    entry = entries.returned_entry(
        attempt_id=attempt.id,
        to=entries.prepaid(supplier.code) if prepaid else entries.accrued(supplier.code),
        sku_id=want.sku_id,
        cost_minor=total - before,
        total_minor=total,
        now=now,
    )
    ledger.post(shop_id=want.shop_id, currency=want.currency, entries=(entry,), now=now)


def _spend(supplier: Supplier, amount: Decimal) -> None:
    """What is left there, until they say it themselves."""
    known = Supplier.objects.filter(shop_id=supplier.shop_id, id=supplier.id, balance__isnull=False)
    known.update(balance=F("balance") - amount)


def _forget_hold(attempt: Attempt) -> None:
    Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id).update(hold_tx=None)
    attempt.hold_tx = None


def _pay(want: Want, attempt: Attempt, supplier: Supplier, goods: str, cost: int, now: datetime) -> None:
    """From the prepayment where there is one and it suffices, else it is owed."""
    if supplier.cycle == "prepaid" and supplier.currency == want.currency:
        try:
            with transaction.atomic():
                _post(want, attempt, goods, entries.prepaid(supplier.code), cost, now)
            return
        except (InsufficientFunds, AccountNotOpen):
            pass
    _post(want, attempt, goods, entries.accrued(supplier.code), cost, now)


def _post(want: Want, attempt: Attempt, goods: str, source: str, cost: int, now: datetime) -> None:
    entry = entries.bought_entry(
        attempt_id=attempt.id, goods=goods, source=source, sku_id=want.sku_id, cost_minor=cost, now=now
    )
    ledger.post(shop_id=want.shop_id, currency=want.currency, entries=(entry,), now=now)


def record_top_up(
    *, shop_id: UUID, supplier: Supplier, amount_minor: int, currency: str, reference: str, actor: str, now: datetime
) -> None:
    """The shop paid a supplier in advance. The same reference again changes nothing."""
    entry = entries.top_up_entry(
        reference=reference, supplier_id=supplier.id, code=supplier.code, amount_minor=amount_minor, now=now
    )
    ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), actor=actor, now=now)
