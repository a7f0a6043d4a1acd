"""A dump in another cluster: what is new is told and sealed again, what was told is not told again."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from goodfor.insights.operations.roll_cube import roll_cube
from goodfor.kernel import audit, events, invariants, relay
from goodfor.ledger.operations import roll_up, seal
from goodfor.orders.tests.conftest import Shop, now, shop  # noqa: F401  (fixtures)
from goodfor.orders.tests.factories import (
    begin,
    broken,
    buy,
    fact,
    open_till,
    pay,
    place,
    relay_all,
    seal_all,
    sql,
    state_of,
)
from goodfor.payments.events import FactRecorded
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import PaymentView

pytestmark = pytest.mark.django_db(transaction=True)

#: Every stored transaction id, as a dump from a cluster that was a million million transactions older brings it.
FROM_AN_OLDER_CLUSTER = """
    UPDATE kernel_event SET xid = older(xid);
    UPDATE kernel_event_cursor SET upto_xid = older(upto_xid);
    UPDATE kernel_event_retry SET event_xid = older(event_xid);
    UPDATE kernel_audit SET xid = older(xid);
    UPDATE kernel_audit_seal SET audit_xid = older(audit_xid);
    UPDATE kernel_audit_head SET upto_xid = older(upto_xid);
    UPDATE ledger_tx SET xid = older(xid);
    UPDATE ledger_posting SET xid = older(xid);
    UPDATE ledger_rollup SET upto_xid = older(upto_xid);
    UPDATE ledger_watermark SET upto_xid = older(upto_xid);
    UPDATE insights_progress SET upto_xid = upto_xid + 1000000000000;
    UPDATE ledger_seal SET from_xid = older(from_xid), upto_xid = older(upto_xid);
    UPDATE ledger_seal SET hash = ledger_seal_hash(prev_hash, content_hash, shop_id, number, generation, from_xid,
                                                   upto_xid, tx_count, sealed_at);
"""
CUBE = "SELECT sum(paid_minor), sum(sales_minor) FROM insights_cube WHERE grain = 'd'"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Facts of channels that orders heard with success."""
    told: list[int] = []
    [(name, original)] = events.handlers_of(FactRecorded.name).items()

    def hear(event: events.StoredEvent) -> None:
        original(event)
        told.append(event.id)

    monkeypatch.setitem(events._handlers, FactRecorded.name, {name: hear})
    return told


def found(payment: PaymentView, now: datetime) -> None:  # noqa: F811
    """A poll finds the money: recorded, to be told to orders."""
    assert pay_trade(shop_id=payment.shop_id, number=payment.number, now=now)
    record_fact(shop_id=payment.shop_id, fact=fact(payment, now), now=now)


def restore_here() -> None:
    sql("SET session_replication_role = replica")
    try:
        sql(
            "CREATE FUNCTION older(id xid8) RETURNS xid8 LANGUAGE sql"
            " AS $$ SELECT (id::text::numeric + 1000000000000)::text::xid8 $$"
        )
        sql(FROM_AN_OLDER_CLUSTER)
        sql("DROP FUNCTION older(xid8)")
    finally:
        sql("SET session_replication_role = DEFAULT")


def wrong(now: datetime) -> set[str]:  # noqa: F811
    return {r.invariant.name for r in invariants.run_all(now) if not r.ok}


def command() -> str:
    out = StringIO()
    call_command("after_restore", stdout=out)
    return out.getvalue()


def ids() -> list[int]:
    return [row[0] for row in sql("SELECT id FROM kernel_event WHERE name = 'payments.fact_recorded' ORDER BY id")]


def everything() -> list[object]:
    return [
        sql(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in (
            "kernel_event", "kernel_event_cursor", "kernel_audit", "kernel_audit_seal", "kernel_audit_head",
            "ledger_tx", "ledger_seal", "ledger_rollup", "ledger_watermark",
        )
    ]  # fmt: skip


def test_a_restored_shop_goes_on(shop: Shop, now: datetime, heard: list[int]) -> None:  # noqa: F811
    till = open_till(shop.demo.shop_id, now)
    first, second, third, fourth = orders = [place(shop, now, ref=f"guest:{n}") for n in range(4)]
    payments = [begin(till, order.order_id, now) for order in orders]
    pay(begin(till, place(shop, now).order_id, now), now)
    buy(shop, now)
    found(payments[0], now)
    relay_all(now)
    seal_all(now)
    while roll_up(now=now) + roll_cube(now=now):
        pass
    seal(now=now)
    # At the moment of the dump: one event untold, one waiting for its retry, one audit line not sealed.
    found(payments[1], now)
    audit.record(shop_id=till.shop_id, actor="t", action="late", subject=("x", "y"), data={}, now=now)
    found(payments[2], now)
    sql(
        "INSERT INTO kernel_event_retry (handler, event_xid, event_id, next_try_at, error)"
        " SELECT 'orders.on_fact_recorded', xid, id, %s, 'X' FROM kernel_event ORDER BY id DESC LIMIT 1", [now]
    )  # fmt: skip
    sql("INSERT INTO kernel_event_handled SELECT handler, event_id FROM kernel_event_retry")
    chain = sql("SELECT seq, audit_id, hash FROM kernel_audit_seal ORDER BY seq")
    assert len(heard) == 1
    restore_here()
    found(payments[3], now)
    assert (relay.relay_batch(now), audit.seal(now)) == (0, 0)
    assert wrong(now) >= {"places_in_this_cluster", "ledger.transaction_ids"}

    figures = sql(CUBE)
    assert command() == "kernel: 已重置 / rebased\nledger: 已重置 / rebased\ninsights: 已重置 / rebased\n"
    assert sql(CUBE) == [(None, None)]

    assert sql("SELECT seq, audit_id, hash FROM kernel_audit_seal ORDER BY seq") == chain
    assert sql("SELECT count(*) FROM ledger_seal WHERE generation = 2") == [(1,)]
    relay_all(now)
    assert heard == [ids()[0], ids()[1], ids()[3]]
    assert relay.retry_due(now) == 1
    assert sorted(heard) == ids()
    assert [state_of(shop, order.order_id) for order in (first, second, third, fourth)] == ["delivered"] * 4
    assert roll_cube(now=now) > 0
    assert sql(CUBE) >= figures > [(0, 0)]
    assert broken(now) == {}
    assert sql("SELECT action FROM kernel_audit WHERE id > ALL (%s)", [[row[1] for row in chain]])[0] == ("late",)
    assert len(sql("SELECT 1 FROM kernel_audit_seal")) > len(chain)

    before = everything()
    nothing = "无需处理 / nothing to do\n"
    assert command() == f"kernel: {nothing}ledger: {nothing}insights: {nothing}"
    assert everything() == before
    buy(shop, now + timedelta(seconds=1))
    seal(now=now)
    assert broken(now) == {}


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE kernel_audit SET actor = 'x' WHERE id = (SELECT min(id) FROM kernel_audit)",
        "DELETE FROM kernel_audit_seal WHERE seq = (SELECT max(seq) FROM kernel_audit_seal)",
        "UPDATE ledger_tx SET actor = 'x' WHERE id = (SELECT min(id) FROM ledger_tx)",
    ],
)
def test_a_broken_chain_is_not_rebased_anywhere(shop: Shop, now: datetime, tampering: str) -> None:  # noqa: F811
    buy(shop, now)
    relay_all(now)
    seal_all(now)
    seal(now=now)
    restore_here()
    sql("SET session_replication_role = replica")
    sql(tampering)
    sql("SET session_replication_role = DEFAULT")
    before = everything()
    with pytest.raises(CommandError, match="nothing was changed"):
        command()
    assert everything() == before


def test_a_database_in_its_own_cluster_is_left_alone(shop: Shop, now: datetime) -> None:  # noqa: F811
    buy(shop, now)
    assert broken(now) == {}
    before = everything()
    assert "rebased" not in command()
    assert everything() == before


def test_a_database_without_any_history_is_left_alone(transactional_db: None) -> None:
    assert "rebased" not in command()
