"""One thing of each kind of a shop, by the names that the console's addresses give to their ids."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.recover import recover
from goodfor.aftersales.tests.money_world import TENFOLD, came_from, proven, terms_of
from goodfor.catalog import queries as catalog
from goodfor.console.operations.start_batch import start_batch
from goodfor.console.operations.start_export import start_export
from goodfor.console.operations.wish import wish
from goodfor.console.tests.bundle_things import bundle_things
from goodfor.console.tests.card_things import card_things
from goodfor.console.tests.claim_things import bought_by_client, claim_of_client, picture_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.finance_things import finance_things
from goodfor.console.tests.helpers import person, sql
from goodfor.console.tests.insight_things import insight_things
from goodfor.console.tests.mall_things import mall_things
from goodfor.console.tests.partner_things import partner_things
from goodfor.console.tests.promo_things import promo_things
from goodfor.console.tests.recon_things import recon_things
from goodfor.console.tests.risk_model_things import model_things
from goodfor.console.tests.risk_rule_things import rule_things
from goodfor.console.tests.risk_things import risk_things
from goodfor.console.tests.subscription_things import subscription_things
from goodfor.console.tests.supply_things import watched_things
from goodfor.console.tests.welfare_things import welfare_things
from goodfor.identity.buyer_models import Buyer as Account
from goodfor.identity.types import Role
from goodfor.invoices.operations.write_invoice import write_invoice
from goodfor.invoices.types import LineOf, Title
from goodfor.kernel.clock import utc_now
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms as PointTerms
from goodfor.loyalty.types import Tier, TierSet
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, Recipient
from goodfor.orders.types import OrderView
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.split_models import Receiver
from goodfor.supply import queries as supply
from goodfor.supply import states
from goodfor.supply.account_models import BalanceDay
from goodfor.supply.models import Item as KnownItem
from goodfor.supply.models import Supplier
from goodfor.supply.operations.carry_out import GONE, buy
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.hold_statement import hold_statement
from goodfor.supply.operations.note_items import note_items
from goodfor.supply.operations.put_out_sheet import put_out_sheet
from goodfor.supply.operations.record_movement import record_movement
from goodfor.supply.operations.set_offers import Terms, set_offer
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.operations.take_statement import look_at_statement, take_statement
from goodfor.supply.providers.values import Item, Order, Stock
from goodfor.supply.purchase_models import Attempt, Call, Want
from goodfor.vault.operations import begin_intake, receive_file
from goodfor.vault.types import ImportOptions
from goodfor.window.operations import add_block
from goodfor.window.types import BlockRequest


def message_things(shop: Shop) -> dict[str, Any]:
    """Somebody of the staff, and a message that failed."""
    now = utc_now()
    config = {"host": "127.0.0.1", "port": 9, "security": "none", "from_email": "shop@shop.example"}
    open_channel_account(
        shop_id=shop.id, channel="email", provider="smtp", name="mail", config=config, secrets={}, actor="test", now=now
    )
    sent = send(
        shop_id=shop.id, scene="order_delivered", audience=BUYER, subject=f"order:{shop.placed.order_id}",
        recipients=[Recipient("email", "ming@mail.example")], context={}, language="zh", now=now,
        about_id=shop.placed.order_id,
    )  # fmt: skip
    return {"message_id": sent.message_ids[0], "staff_id": person(shop.id, Role.SUPPORT).staff.id}


def receiver_of(shop: Shop) -> UUID:
    """Somebody who gets shares, known to the channel long since."""
    row = Receiver.objects.create(
        shop_id=shop.id, provider="wechat", account_code="wx", kind="merchant", ref="1900000077", label="partner",
        state="bound", created_at=utc_now(),
    )  # fmt: skip
    return row.id


def supply_things(shop: Shop) -> dict[str, Any]:
    """A supplier that nobody calls, a purchase that a person must decide about, and what was said in it."""
    now = utc_now()
    wanted = Connection(
        "kasushou", "kss", "云梯供货", "CNY", {"base_url": "https://supplier.example", "user_id": "1001"},
        {"key": "0123456789abcdef"},
    )  # fmt: skip
    supplier = connect_supplier(
        shop_id=shop.id, wanted=wanted, contract=Contract(contact="王经理 13800000000"), shop_currency="CNY",
        actor="test", now=now,
    )  # fmt: skip
    want = Want.objects.create(
        shop_id=shop.id, order_id=shop.delivered.id, line_id=uuid4(), sku_id=shop.demo.skus["kw-50"], kind="code",
        quantity=1, price_minor=4850, currency="CNY", channel="storefront", deadline_at=now + timedelta(minutes=10),
        created_at=now,
    )  # fmt: skip
    attempt = Attempt.objects.create(
        shop_id=shop.id, want=want, supplier_id=supplier.id, item_ref=uuid4(),
        number=f"{now.timestamp() * 1000:.0f}".zfill(13) + str(uuid4().int)[:5],
        item_id="101", quantity=1, max_cost="8.40", currency="CNY", state="manual", reason="timeout", asked=3,
        sent_at=now,
    )  # fmt: skip
    call = Call.objects.create(
        shop_id=shop.id, supplier_id=supplier.id, attempt_id=attempt.id, what="place", method="POST",
        url="https://supplier.example/api/v1/order/buy", request="{}", status=0, reply="", problem="timeout",
        milliseconds=35_000, at=now,
    )  # fmt: skip
    return {"supplier_id": supplier.id, "attempt_id": attempt.id, "call_id": call.id}


def paper_things(shop: Shop) -> dict[str, Any]:
    """A supplier who is written to, and a sheet that went out with one order on it."""
    now = utc_now()
    wanted = Connection("files", "paper", "纸上供货", "CNY", {"format": "csv"}, {})
    supplier_id = connect_supplier(
        shop_id=shop.id, wanted=wanted, contract=Contract(cycle="monthly"), shop_currency="CNY", actor="test", now=now
    ).id
    row = Supplier.objects.get(shop_id=shop.id, id=supplier_id)
    note_items(supplier=row, items=[Item("P1", "P1", "card", Decimal(8), "CNY", stock=Stock("unlimited"))], now=now)
    switch_supplier(shop_id=shop.id, supplier_id=supplier_id, enabled=True, actor="test", now=now)
    sku_id, item_id = shop.demo.skus["kw-50"], KnownItem.objects.get(shop_id=shop.id, supplier_id=supplier_id).id
    want = Want.objects.create(
        shop_id=shop.id, order_id=uuid4(), line_id=uuid4(), sku_id=sku_id, kind="code", quantity=1, price_minor=4850,
        currency="CNY", channel="storefront", next_at=now, deadline_at=now + timedelta(days=1), created_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop.id, machine=states.WANT, subject_id=want.id, moves=[(None, states.OPEN)], actor="system",
        cause="test", now=now,
    )  # fmt: skip
    set_offer(shop_id=shop.id, sku_id=sku_id, item=item_id, terms=Terms(), actor="test", now=now)
    buy(shop_id=shop.id, want_id=want.id, now=now)
    made = put_out_sheet(shop_id=shop.id, supplier_id=supplier_id, actor="test", now=now)
    return {"paper_id": supplier_id, "sheet_id": made.id, "supplier_id": supplier_id}


def account_things(shop: Shop) -> dict[str, Any]:
    """A supplier whose balance is wrong, a purchase whose money came back, and a statement that was taken in."""
    now = utc_now()
    wanted = Connection(
        "kasushou", "acc", "云梯供货", "CNY", {"base_url": "https://supplier.example", "user_id": "1001"},
        {"key": "0123456789abcdef"},
    )  # fmt: skip
    common = {"shop_id": shop.id, "actor": "test", "now": now}
    supplier = connect_supplier(
        wanted=wanted, contract=Contract(low_balance=Decimal(50)), shop_currency="CNY", **common
    )  # fmt: skip
    key = uuid4()
    record_movement(
        supplier_id=supplier.id, kind="top_up", amount=Decimal(100), shop_currency="CNY", key=key, note="6222",
        **common,
    )  # fmt: skip
    want = Want.objects.create(
        shop_id=shop.id, order_id=shop.delivered.id, line_id=uuid4(), sku_id=shop.demo.skus["kw-50"], kind="direct",
        quantity=1, price_minor=4850, currency="CNY", channel="storefront", deadline_at=now + timedelta(minutes=10),
        created_at=now,
    )  # fmt: skip
    attempt = Attempt.objects.create(
        shop_id=shop.id, want=want, supplier_id=supplier.id, item_ref=uuid4(), number=str(uuid4().int)[:18],
        item_id="101", quantity=1, max_cost="8.40", currency="CNY", sent_at=now,
    )  # fmt: skip
    order = Order("success", attempt.number, "S0001", charged=Decimal(8))
    for told in (order, replace(order, state="refunded", refunded=Decimal(8))):
        settle_attempt(
            shop_id=shop.id, attempt_id=attempt.id, told=Told(told, asking=True), about=GONE, actor="sweep", now=now
        )
    totals = dict.fromkeys(("total_top_ups", "total_corrections", "total_charges", "total_refunds"), Decimal(0))
    day = {"shop_id": shop.id, "supplier_id": supplier.id, "sampled_at": now, "opening": 100, "expected": 100, **totals}
    why = {"why": "refund", "attempt": str(attempt.id), "number": attempt.number, "state": "delivered",
           "amount": "8", "fits": True}  # fmt: skip
    BalanceDay.objects.create(day=date(2026, 1, 1), said=100, state="first", **day)
    BalanceDay.objects.create(day=date(2026, 1, 2), said=108, state="broken", candidates=[why], **day)
    text = f"商户订单号,金额,时间\n{attempt.number},-8.00,2026-01-02 08:00:00\n123,-1.00,2026-01-02 09:00:00\n"
    place = {"shop_id": shop.id, "supplier_id": supplier.id}
    mark = hold_statement(**place, filename="1.csv", parts=[text.encode()])
    seen = look_at_statement(**place, mark=mark)
    statement_id = take_statement(**place, mark=mark, filename="1.csv", profile=seen.profile, actor="test", now=now)
    found = supply.findings(shop.id, supplier_id=supplier.id)[0]
    return {"supplier_id": supplier.id, "finding_id": found.id, "statement_id": statement_id}


def money_things(shop: Shop, supplier_id: UUID, order: OrderView | None = None) -> dict[str, Any]:
    """A compensation that is to be transferred, and the supplier's part of it; of the delivered order unless told."""
    now, bought = utc_now(), order or shop.delivered
    case_id = proven(bought, now, terms=terms_of(replace(TENFOLD, way="hand")))
    came_from(bought, supplier_id, now, cost="16.00", got=2)
    given = compensate(shop_id=shop.id, case_id=case_id, now=now)
    (asked,) = recover(shop_id=shop.id, case_id=case_id, now=now)
    assert given is not None
    return {"grant_id": given.id, "recovery_id": asked.id}


def invoice_of(shop: Shop) -> UUID:
    """An invoice of the delivered order, by the staff's hand."""
    line = shop.delivered.lines[0]
    total = shop.delivered.total.amount_minor
    stands = LineOf(line.line_id, line.sku_id, line.title, line.quantity, "goods", 1300, total, 1)
    with transaction.atomic():
        return write_invoice(
            shop.delivered, "vat", [stands], title=Title("personal", "张三"), actor="buyer", cause="test", now=utc_now()
        ).id


def member_of(shop: Shop) -> UUID:
    """An account, in a shop that gives points and has tiers."""
    now = utc_now()
    set_terms(shop_id=shop.id, terms=PointTerms(on=True), actor="test", now=now)
    set_tiers(shop_id=shop.id, tiers=TierSet((Tier("普通"), Tier("银卡", 100, 80))), actor="test", now=now)
    return UUID(str(Account.objects.create(shop_id=shop.id, created_at=now).id))


def things_of(shop: Shop) -> dict[str, Any]:
    """Ids of one thing of each kind; `number` is that of an order that is not paid."""
    now, paid = utc_now(), payments.payments_of(shop.id, "order", shop.delivered.id)[0]
    case_id = open_case(shop_id=shop.id, kind="mismatch", business_key="x", detail={}, payment_id=paid.id, now=now)
    export_id = start_export(
        shop_id=shop.id, staff_id=uuid4(), listing="orders", query="", columns=["number"], file_format="csv",
        locale="zh-hans", actor="test", now=now,
    )  # fmt: skip
    batch_id = start_batch(
        batch_id=uuid4(), shop_id=shop.id, staff_id=uuid4(), listing="cases", action="close", note="x",
        subject_ids=[uuid4()], actor="test", now=now,
    )  # fmt: skip
    (tx_id,) = sql("SELECT id FROM ledger_tx WHERE shop_id = %s ORDER BY id LIMIT 1", [shop.id])[0]
    (code_id, code_batch_id) = sql(
        "SELECT c.id, l.batch_id FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id WHERE l.shop_id = %s",
        [shop.id],
    )[0]
    intake_id = begin_intake(
        shop_id=shop.id, sku_id=shop.demo.skus["kw-50"], received=receive_file(parts=[b"AAAA-0001"]),
        filename="x.txt", options=ImportOptions("CNY"), actor="test", now=now,
    )  # fmt: skip
    asked = wish(
        shop_id=shop.id, staff=person(shop.id).staff, kind="codes", subject_id=code_batch_id, rows=1, reason="x",
        now=now,
    )  # fmt: skip
    sku_id = shop.demo.skus["kw-50"]
    product_id = catalog.desk_sku(shop.id, sku_id).product_id
    supplied = watched_things(shop.id, sku_id)
    return {
        **paper_things(shop),
        **account_things(shop),
        "sku_id": sku_id, "product_id": product_id, "category_id": catalog.shelves(shop.id)[0].id,
        "ticket_id": (ticket_id := claim_of_client(shop)),
        "picture_id": picture_of(shop, ticket_id),
        "number": shop.placed.number, "order_id": shop.delivered.id, "case_id": case_id,
        "export_id": export_id, "batch_id": batch_id,
        "tx_id": tx_id,
        "move_id": supplied.move, "trial_id": supplied.trial,
        "account_id": payments.accounts(shop.id, now)[0].id,
        "payment_id": paid.id,
        "receiver_id": receiver_of(shop),
        "staff_id": person(shop.id, Role.VIEWER).staff.id,
        "client_id": shop.demo.client_id,
        "code_batch_id": code_batch_id, "code_id": code_id, "intake_id": intake_id, "wish_id": asked.id,
        "invoice_id": invoice_of(shop), "buyer_id": member_of(shop),
        **message_things(shop),
        **risk_things(shop),
        **rule_things(shop),
        **model_things(shop),
        **insight_things(shop),
        **recon_things(shop),
        **finance_things(shop),
        **(at_supplier := supply_things(shop)),
        **money_things(shop, at_supplier["supplier_id"], bought_by_client(shop, "compensated", codes=2)),
        **bundle_things(shop),
        **promo_things(shop),
        **card_things(shop),
        **mall_things(shop),
        **partner_things(shop),
        **welfare_things(shop),
        **subscription_things(shop),
        "kind": "text", "block_id": add_block(
            shop_id=shop.id, block=BlockRequest("text", {"body": "x"}), actor="test", now=now
        ),
    }  # fmt: skip
