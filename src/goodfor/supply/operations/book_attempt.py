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
from goodfor.supply.account_models import Movement
from goodfor.supply.models import Supplier
from goodfor.supply.operations.note_finding import note_return
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
    if not kept:
        _claim(attempt, cost)
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


def book_returned(want: Want, attempt: Attempt, refunded: Decimal, told_by: str, now: datetime) -> None:
    """The supplier gave money back: `refunded` is all so far. Where it goes: to the prepayment, or off what is owed.

    What was claimed for bad goods is met first. Money back for goods that came is found and lies with a person.
    """
    supplier = Supplier.objects.get(shop_id=want.shop_id, id=attempt.supplier_id)
    exponent = EXPONENTS[want.currency]
    before = entries.minor(attempt.refunded, supplier.rate, exponent)
    total = entries.minor(refunded, supplier.rate, exponent)
    _spend(supplier, attempt.refunded - refunded)
    note_return(want, attempt, refunded, told_by, now)
    Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id).update(refunded=refunded)
    attempt.refunded = refunded
    if total <= before:
        return
    claimed = attempt.claimed_minor
    entry = entries.returned_entry(
        attempt_id=attempt.id,
        to=account_of(supplier, want.currency),
        claim=entries.claim(supplier.code),
        sku_id=want.sku_id,
        cost_minor=total - before,
        claimed_minor=min(total, claimed) - min(before, claimed),
        total_minor=total,
        now=now,
    )
    ledger.post(shop_id=want.shop_id, currency=want.currency, entries=(entry,), now=now)


def account_of(supplier: Supplier, shop_currency: str) -> str:
    """Where money at a supplier stands in the books: paid in advance, or (less) owed."""
    ahead = supplier.cycle == "prepaid" and supplier.currency == shop_currency
    return entries.prepaid(supplier.code) if ahead else entries.accrued(supplier.code)


def _claim(attempt: Attempt, cost: int) -> None:
    Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id).update(claimed_minor=cost)
    attempt.claimed_minor = cost


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
    assert supplier.shop_id == shop_id
    amount = Decimal(amount_minor).scaleb(-EXPONENTS[currency]) / supplier.rate
    book_movement(
        supplier=supplier, kind="top_up", amount=amount, amount_minor=amount_minor, shop_currency=currency,
        reference=reference, note="", actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def book_movement(
    *, supplier: Supplier, kind: str, amount: Decimal, amount_minor: int, shop_currency: str, reference: str,
    note: str, actor: str, now: datetime,
) -> bool:  # fmt: skip
    """Money that no purchase moved, in the books and on the supplier's account. False: this reference was there.

    Raises IdempotencyMismatch for the same reference with another amount, InsufficientFunds.
    """
    entry = entries.movement_entry(
        kind=kind, reference=reference, supplier_id=supplier.id, account=account_of(supplier, shop_currency),
        amount_minor=amount_minor, now=now,
    )  # fmt: skip
    ledger.post(shop_id=supplier.shop_id, currency=shop_currency, entries=(entry,), actor=actor, now=now)
    row = {"supplier_id": supplier.id, "kind": kind, "amount": amount, "note": note, "actor": actor, "at": now}
    _row, new = Movement.objects.get_or_create(shop_id=supplier.shop_id, reference=reference, defaults=row)
    return new
