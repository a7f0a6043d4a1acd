"""Seals, tampering, and going on after a restore."""

from importlib import resources
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from goodfor.ledger import queries
from goodfor.ledger.errors import SealBroken
from goodfor.ledger.models import Seal
from goodfor.ledger.operations import (
    close_period,
    fill_days,
    hold,
    post,
    rebase_after_restore,
    reverse,
    roll_up,
    seal,
    settle_hold,
    soft_close_period,
)
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, entry, put, sql, tamper, wallet
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
OTHER = UUID("0190a1b2-0000-7000-8000-000000000002")


def trade() -> list[int]:
    code = wallet(SHOP, 1_000)
    ids = put(
        SHOP,
        *(
            entry(f"r:{n}", (code, n), (ORDER, -n), order_id=uuid4(), order_line_id=uuid4(), sku_id=uuid4())
            for n in range(1, 6)
        ),
    )
    put(OTHER, entry("r:1", (BANK, 1), (SALES, -1)))
    held = hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 5), (ORDER, -5)), now=NOW)
    settle_hold(shop_id=SHOP, hold_tx=held, reference="s:1", now=NOW)
    reverse(shop_id=SHOP, tx_id=ids[0], reference="v:1", now=NOW)
    return ids


def test_each_shop_has_its_own_chain_that_covers_everything_once() -> None:
    trade()
    assert seal(now=NOW) == 2
    assert seal(now=NOW) == 0
    put(SHOP, entry("r:8", (BANK, 1), (ORDER, -1)))
    assert seal(now=NOW) == 1
    assert sql("SELECT shop_id, number, tx_count FROM ledger_seal ORDER BY shop_id, number") == [
        (SHOP, 1, 9),
        (SHOP, 2, 1),
        (OTHER, 1, 1),
    ]
    assert audit() == {}


def test_small_batches_make_more_links() -> None:
    for n in range(5):
        put(SHOP, entry(f"r:{n}", (BANK, 1), (ORDER, -1)))
    while seal(now=NOW, batch=1):
        pass
    ((links, sealed),) = sql("SELECT count(*), sum(tx_count) FROM ledger_seal")
    assert links > 1
    assert sealed == 5
    assert audit() == {}


COLUMNS = {
    "ledger_tx": {
        "effective_at": "effective_at + interval '1 microsecond'",
        "recorded_at": "recorded_at + interval '1 microsecond'",
        "reverses_tx": "99",
        "settles_tx": "99",
        "cause_id": "gen_random_uuid()",
        "currency": "'USD'",
        "reference": "reference || 'x'",
        "kind": "'other'",
        "cause_type": "'x'",
        "actor": "'x'",
        "payload_hash": "sha256('x')",
        "metadata": "'{\"a\": 1}'",
        "rule_version": "2",
        "adjustment": "true",
        "shop_id": f"'{OTHER}'",
        "id": "id + 1000000",
    },
    "ledger_posting": {
        "account_id": "account_id + 1",
        "amount_minor": "amount_minor + 1",
        "effective_date": "effective_date + 1",
        "seq": "seq + 100",
        "layer": "1 - layer",
        "order_id": "gen_random_uuid()",
        "order_line_id": "NULL",
        "sku_id": "gen_random_uuid()",
        "supplier_id": "gen_random_uuid()",
        "party_id": "gen_random_uuid()",
        "brand_id": "gen_random_uuid()",
        "campaign_id": "gen_random_uuid()",
        "channel": "'x'",
        "shop_id": f"'{OTHER}'",
        "tx_id": "tx_id + 1000000",
    },
    "ledger_account": {"code": "code || 'x'", "currency": "'USD'", "type": "'equity'", "normal_side": "-normal_side"},
}


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, cs in COLUMNS.items() for c in cs])
def test_a_change_by_a_superuser_is_found_in_each_column(table: str, column: str) -> None:
    ids = trade()
    seal(now=NOW)
    target = {
        "ledger_tx": f"id = {ids[2]}",
        "ledger_posting": f"tx_id = {ids[2]} AND amount_minor < 0",
        "ledger_account": f"shop_id = '{SHOP}' AND code = '2203:order'",
    }[table]
    tamper(f"UPDATE {table} SET {column} = {COLUMNS[table][column]} WHERE {target}")
    found = [f"{SHOP}/seal/1"]
    if (table, column) == ("ledger_tx", "shop_id"):
        # Taken from one chain and slipped into the other.
        found.append(f"{OTHER}/seal/1")
    assert sorted(audit()["ledger.seal"]) == found


@pytest.mark.parametrize(
    "change",
    [
        "supplier_id = NULL", "party_id = NULL", "brand_id = NULL", "campaign_id = NULL", "channel = NULL",
        "supplier_id = party_id, party_id = supplier_id", "channel = 'wechat2'",
    ],
)  # fmt: skip
def test_a_dimension_that_is_taken_away_or_moved_is_found(change: str) -> None:
    line = Line(BANK, 5, supplier_id=uuid4(), party_id=uuid4(), brand_id=uuid4(), campaign_id=uuid4(), channel="wechat")
    entries = [Entry("d:1", "k", (line, Line(ORDER, -5)), NOW, rule_version=2)]
    (tx,) = post(shop_id=SHOP, currency="CNY", entries=entries, now=NOW)
    seal(now=NOW)
    assert audit() == {}
    tamper(f"UPDATE ledger_posting SET {change} WHERE tx_id = {tx} AND seq = 1")
    assert audit() == {"ledger.seal": [f"{SHOP}/seal/1"]}


def test_the_version_of_a_rule_is_sealed_and_old_seals_hold() -> None:
    ids = trade()
    old = (resources.files("goodfor.ledger") / "sql/schema/seal.sql").read_text(encoding="utf-8")
    before = old[: old.index("CREATE FUNCTION ledger_seal_hash")].replace("ledger_tx_digest", "digest_of_before")
    sql(before)
    try:
        same = sql("SELECT count(*), bool_and(digest_of_before(id) = ledger_tx_digest(id)) FROM ledger_tx")
        assert same == [(10, True)]
        tamper(f"UPDATE ledger_tx SET rule_version = 2 WHERE id = {ids[0]}")
        sealed = sql("SELECT count(*) FROM ledger_tx WHERE digest_of_before(id) <> ledger_tx_digest(id)")
        assert sealed == [(1,)]
    finally:
        sql("DROP FUNCTION digest_of_before(bigint)")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM ledger_posting WHERE tx_id = (SELECT max(id) FROM ledger_tx)", f"{SHOP}/seal/2"),
        ("DELETE FROM ledger_tx WHERE id = (SELECT max(id) FROM ledger_tx)", f"{SHOP}/seal/2"),
        ("DELETE FROM ledger_seal WHERE number = 1 AND shop_id = '{shop}'", f"{SHOP}/seal/2"),
        ("UPDATE ledger_seal SET sealed_at = now() WHERE number = 2", f"{SHOP}/seal/2"),
        ("UPDATE ledger_seal SET content_hash = sha256('x') WHERE number = 2", f"{SHOP}/seal/2"),
        (
            "INSERT INTO ledger_tx (shop_id, xid, reference, kind, currency, effective_at, recorded_at, cause_type, "
            "actor, payload_hash) SELECT '{shop}', min(xid), 'late', '', 'CNY', now(), now(), '', '', sha256('x') "
            "FROM ledger_tx",
            f"{SHOP}/seal/1",
        ),
    ],
)
def test_what_is_removed_or_slipped_in_is_found(statement: str, found: str) -> None:
    trade()
    seal(now=NOW)
    put(SHOP, entry("r:8", (BANK, 1), (ORDER, -1)))
    seal(now=NOW)
    tamper(statement.replace("{shop}", str(SHOP)))
    assert found in audit()["ledger.seal"]


def test_going_on_after_a_restore() -> None:
    trade()
    seal(now=NOW)
    roll_up(now=NOW)
    fill_days(now=NOW)
    put(SHOP, entry("r:8", (BANK, 8), (ORDER, -8)))
    soft_close_period(shop_id=SHOP, month=NOW.replace(year=2025, month=12).date(), now=NOW)
    close_period(shop_id=SHOP, month=NOW.replace(year=2025, month=12).date(), now=NOW)
    # As a dump arrives in a younger cluster: transaction ids from the future.
    tamper("UPDATE ledger_tx SET xid = (xid::text::bigint + 1000000000)::text::xid8")
    tamper("UPDATE ledger_posting SET xid = (xid::text::bigint + 1000000000)::text::xid8")
    tamper("UPDATE ledger_seal SET upto_xid = (upto_xid::text::bigint + 1000000000)::text::xid8")
    tamper("UPDATE ledger_rollup SET upto_xid = (upto_xid::text::bigint + 1000000000)::text::xid8")
    assert "ledger.transaction_ids" in audit()
    tamper(
        "UPDATE ledger_seal SET hash = ledger_seal_hash(prev_hash, content_hash, shop_id, number, "
        "generation, from_xid, "
        "upto_xid, tx_count, sealed_at)"
    )
    before = queries.trial_balance(SHOP)
    call_command("after_restore")
    assert queries.trial_balance(SHOP) == before == queries.trial_balance(SHOP, NOW.date())
    assert audit() == {}
    call_command("after_restore")
    assert [s.generation for s in Seal.objects.filter(shop_id=SHOP).order_by("number")] == [1, 2]
    put(SHOP, entry("r:9", (BANK, 9), (ORDER, -9)))
    roll_up(now=NOW)
    assert seal(now=NOW) == 1
    assert [s.generation for s in Seal.objects.filter(shop_id=SHOP).order_by("number")] == [1, 2, 2]
    assert audit() == {}
    tamper("UPDATE ledger_tx SET actor = 'x' WHERE reference = 'r:2'")
    assert audit() == {"ledger.seal": [f"{SHOP}/seal/2"]}
    with connection.cursor() as cursor, pytest.raises(Exception, match="only grows"), transaction.atomic():
        cursor.execute("DELETE FROM ledger_tx")


def test_a_broken_chain_is_not_rebased() -> None:
    trade()
    seal(now=NOW)
    tamper("UPDATE ledger_tx SET actor = 'x' WHERE reference = 'r:2'")
    with pytest.raises(SealBroken):
        rebase_after_restore(now=NOW)
    with pytest.raises(CommandError, match="hash chain"):
        call_command("after_restore")
    assert sql("SELECT count(*) FROM ledger_tx WHERE xid = '0'") == [(0,)]
