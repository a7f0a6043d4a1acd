"""What channels keep, from their bills: exact, once, and borne by whoever said so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from goodfor.finance import tasks
from goodfor.finance.operations import book_fees, set_fee_rate, take_bill
from goodfor.finance.rules.fees import rounded
from goodfor.finance.tests.conftest import LONG, Scene
from goodfor.finance.tests.world import counts
from goodfor.kernel.ids import uuid7
from goodfor.orders.tests.factories import PRICE, broken, sql
from goodfor.orders.types import OrderView
from goodfor.payments import queries as payments
from goodfor.payments.bill_models import BillFile, BillLine

pytestmark = pytest.mark.django_db(transaction=True)
FEE, PENDING = "6603:channelfee:sandbox", "1012:channel:sandbox:till:pending"


def number_of(scene: Scene, order: OrderView) -> str:
    assert order.payment_id is not None
    return payments.payment(scene.shop_id, order.payment_id).number


def import_bill(scene: Scene, account_id: UUID, rows: Sequence[tuple[str, str]], days: int = 0) -> UUID:
    """A bill of the day so many days ago: (our number, fee as the channel writes it)."""
    bill_id = uuid7()
    BillFile.objects.create(
        id=bill_id, shop_id=scene.shop_id, account_id=account_id, provider="sandbox", account_code="till",
        day=scene.now.date() - timedelta(days=days), kind="trade", state="imported", rows=len(rows), currency="CNY",
        fee=sum((Decimal(fee) for _ref, fee in rows), Decimal(0)), created_at=scene.now, imported_at=scene.now,
    )  # fmt: skip
    BillLine.objects.bulk_create([
        BillLine(bill_id=bill_id, line=number, shop_id=scene.shop_id, kind="payment", happened_at=scene.now,
                 amount_minor=PRICE, currency="CNY", fee=Decimal(fee), our_ref=ref)
        for number, (ref, fee) in enumerate(rows, 1)
    ])  # fmt: skip
    return bill_id


def test_a_bill_makes_orders_billed(scene: Scene) -> None:
    till = scene.till()
    set_fee_rate(
        shop_id=scene.shop_id, provider="sandbox", account_code="", millionths=6000, valid_from=scene.now - LONG,
        actor="staff:1", now=scene.now,
    )  # fmt: skip
    order = scene.pay(till)
    scene.follow()
    row = scene.row(order)
    assert (row["stage"], row["fee_minor"], row["estimate_minor"]) == ("delivered", 0, PRICE - 800 - 29)
    import_bill(scene, till.account_id, [(number_of(scene, order), "-0.29100")])
    assert tasks.fees(scene.now) == 2
    assert tasks.fees(scene.now) == 0
    assert (scene.booked(FEE), scene.booked(PENDING)) == (29, PRICE - 29)
    scene.follow()
    row = scene.row(order)
    assert (row["stage"], row["fee_minor"], row["profit_minor"]) == ("billed", 29, PRICE - 800 - 29)
    assert not scene.faults()


def test_lines_add_up_to_the_bill_as_the_rule_says(scene: Scene) -> None:
    till = scene.till()
    fees = ["-0.00333", "-0.00333", "-0.00333", "0.29100", "-0.29100", "0", "-1.00500", "0.00400", "-0.57000"]
    bill_id = import_bill(scene, till.account_id, [(f"X{n}", fee) for n, fee in enumerate(fees)])
    assert take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now) == 8
    kept = [-Decimal(fee) for fee in fees if Decimal(fee)]
    amounts = [row[0] for row in sql("SELECT amount_minor FROM finance_fee ORDER BY line")]
    assert amounts == rounded(kept, 2)
    assert sql("SELECT amount_minor, lines FROM finance_fee_bill") == [(sum(amounts), 8)]
    while book_fees(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now, limit=3):
        pass
    assert scene.booked(FEE) == sum(amounts) == 158
    assert not scene.faults()


def test_taken_twice_it_is_booked_once(scene: Scene) -> None:
    till = scene.till()
    bill_id = import_bill(scene, till.account_id, [("X", "-0.50")])
    assert take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now) == 1
    assert book_fees(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now) == 1
    before = counts()
    sql("UPDATE finance_fee SET booked_at = NULL")
    assert take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now) == 0
    assert book_fees(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now + timedelta(days=1)) == 1
    assert counts() == before
    assert scene.booked(FEE) == 50


def test_a_supplier_may_bear_it(scene: Scene) -> None:
    till = scene.till()
    order = scene.pay(till, 2)
    scene.bought(order, "jia", scene.codes(order)[:1])
    scene.contract("principal", "jia", fee_bearer="supplier")
    scene.party("jia", "supplier", supplier_code="jia", cycle="t1")
    scene.follow()
    bill_id = import_bill(scene, till.account_id, [(number_of(scene, order), "-0.57")])
    take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now)
    book_fees(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now)
    assert (scene.booked(FEE), scene.booked("2202:supplier:jia:t1:accrued")) == (29, -28)
    scene.follow()
    assert scene.row(order)["fee_minor"] == 29


def test_who_bears_it_is_asked_once_the_delivery_was_followed(scene: Scene) -> None:
    """A bill that is read before the books are, or before the goods are there, leaves nothing to the platform."""
    till = scene.till()
    order = scene.pay(till)
    scene.bought(order, "jia", scene.codes(order))
    scene.contract("principal", "jia", fee_bearer="supplier")
    scene.party("jia", "supplier", supplier_code="jia", cycle="t1")
    fee = (number_of(scene, order), "-0.07")
    early = [import_bill(scene, till.account_id, [fee], days + 1) for days in range(tasks.BILLS)]
    import_bill(scene, till.account_id, [fee, ("another's", "-0.50")])
    owed = "2202:supplier:jia:t1:accrued"
    # Taken in, but for what belongs to nobody's order none is booked; and those that wait keep no other from its turn.
    assert [tasks.fees(scene.now) for _ in range(3)] == [tasks.BILLS, 3, 0]
    assert (scene.booked(FEE), scene.booked(owed)) == (50, 0)
    sql("UPDATE orders_order SET state = 'paid', delivered_at = NULL")
    assert tasks.fees(scene.now) == 0
    sql("UPDATE orders_order SET state = 'delivered', delivered_at = %s", [scene.now])
    scene.follow()
    assert [tasks.fees(scene.now) for _ in range(3)] == [tasks.BILLS, 1, 0]
    assert (scene.booked(FEE), scene.booked(owed)) == (50, -7 * (len(early) + 1))
    assert sql("SELECT count(*) FROM finance_fee_bill WHERE booked_at IS NULL") == [(0,)]
    assert not scene.faults()


def test_a_forged_bill_makes_no_supplier_richer(scene: Scene) -> None:
    """Whoever may hand in a bill, and is a supplier's friend, writes that the channel gave back what it never kept."""
    till = scene.till()
    order = scene.pay(till)
    scene.bought(order, "jia", scene.codes(order))
    scene.contract("principal", "jia", fee_bearer="supplier")
    scene.party("jia", "supplier", supplier_code="jia", cycle="t1")
    scene.follow()
    owed, number = "2202:supplier:jia:t1:accrued", number_of(scene, order)

    def billed(*fees: str, days: int) -> tuple[int, int]:
        bill_id = import_bill(scene, till.account_id, [(number, fee) for fee in fees], days)
        take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now)
        while book_fees(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now, limit=1):
            pass
        return scene.booked(owed), scene.booked(FEE)

    assert billed("9000.00", days=9) == (0, -9000_00)
    # Nor after something that no channel keeps of such a price.
    assert billed("-9000.00", "9000.00", days=8) == (0, -9000_00)
    # A true fee is borne, and given back once.
    assert billed("-0.29", days=7) == (-29, -9000_00)
    assert billed("0.29", days=6) == (0, -9000_00)
    assert billed("0.29", "0.29", days=5) == (0, -9000_58)
    assert not scene.faults()


def test_a_bill_without_fees_is_done_at_once(scene: Scene) -> None:
    till = scene.till()
    bill_id = import_bill(scene, till.account_id, [("X", "0")])
    assert take_bill(shop_id=scene.shop_id, bill_id=bill_id, now=scene.now) == 0
    assert sql("SELECT booked_at IS NOT NULL, amount_minor FROM finance_fee_bill") == [(True, 0)]
    assert tasks.fees(scene.now) == 0


def test_a_bill_that_cannot_be_booked_keeps_no_other_waiting(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    till = scene.till()
    bad = [import_bill(scene, till.account_id, [(f"X{n}", "-0.10")], n + 1) for n in range(tasks.BILLS)]
    import_bill(scene, till.account_id, [("Y", "-0.50")])
    book = tasks.book_fees

    def fails(*, shop_id: UUID, bill_id: UUID, now: datetime) -> int:
        if bill_id in bad:
            raise ZeroDivisionError
        return book(shop_id=shop_id, bill_id=bill_id, now=now)

    monkeypatch.setattr(tasks, "book_fees", fails)
    assert tasks.fees(scene.now) == 0
    assert tasks.fees(scene.now) == 2
    assert scene.booked(FEE) == 50
    assert sql("SELECT DISTINCT kind, problem, tries FROM finance_stuck_errand") == [("bill", "ZeroDivisionError", 1)]
    later = scene.now + timedelta(hours=2)
    assert len(broken(later)["finance_errands_get_on"]) == tasks.BILLS
    monkeypatch.undo()
    assert tasks.fees(later) == tasks.BILLS
    assert sql("SELECT count(*) FROM finance_stuck_errand") == [(0,)]
    assert scene.booked(FEE) == 100
    assert not scene.faults()
