"""Months: open, soft-closed, closing, closed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.operations import close_period, soft_close_period
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, audit, counts, entry, put, sql, tamper
from goodfor.ledger.types import Entry

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
OCTOBER, NOVEMBER, DECEMBER, JANUARY = (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
#: Midnights of Shanghai.
FIRST_OF_DECEMBER, FIRST_OF_JANUARY = datetime(2025, 11, 30, 16, tzinfo=UTC), datetime(2025, 12, 31, 16, tzinfo=UTC)
MOMENT = datetime(2025, 12, 3, tzinfo=UTC)


def late(reference: str, at: datetime = MOMENT, *, reason: str = "") -> Entry:
    plain = entry(reference, (BANK, 1), (ORDER, -1), at=at)
    return replace(plain, adjustment=True, metadata={"reason": reason}) if reason else plain


def where(reference: str) -> tuple[datetime, str | None]:
    return sql("SELECT effective_at, metadata->>'dated' FROM ledger_tx WHERE reference = %s", [reference])[0]  # type: ignore[return-value]


def hard_close(month: date) -> None:
    while close_period(shop_id=SHOP, month=month, now=NOW) != "closed":
        pass


def states() -> list[tuple[date, str]]:
    return sql("SELECT month, state FROM ledger_period ORDER BY month")  # type: ignore[return-value]


def test_a_soft_closed_month_takes_adjustments_alone() -> None:
    assert soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW) == "soft"
    assert soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW) == "soft"
    assert soft_close_period(shop_id=SHOP, month=NOVEMBER, now=NOW) == "soft"
    put(SHOP, late("late"), late("fix", reason="supplier's credit note 17"), entry("new", (BANK, 1), (ORDER, -1)))
    assert where("late") == (FIRST_OF_JANUARY, "2025-12-03T00:00:00+00:00")
    assert where("fix") == (MOMENT, None)
    assert where("new") == (NOW, None)
    assert put(SHOP, late("fix", reason="supplier's credit note 17")) == put(
        SHOP, replace(late("fix", reason="supplier's credit note 17"), adjustment=False)
    )
    assert [queries.period_state(SHOP, m) for m in (OCTOBER, DECEMBER, JANUARY)] == ["soft", "soft", "open"]
    assert audit() == {}


def test_then_it_closes_for_good() -> None:
    soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW)
    put(SHOP, late("fix", reason="r"))
    hard_close(DECEMBER)
    assert states() == [(DECEMBER, "closed")]
    assert soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW) == "closed"
    assert soft_close_period(shop_id=SHOP, month=NOVEMBER, now=NOW) == "closed"
    put(SHOP, late("fix2", reason="r"), late("late"))
    assert where("fix2") == (FIRST_OF_JANUARY, "2025-12-03T00:00:00+00:00")
    assert where("late")[0] == FIRST_OF_JANUARY
    assert audit() == {}


def test_a_hard_close_before_a_soft_one() -> None:
    hard_close(NOVEMBER)
    soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW)
    put(
        SHOP,
        late("fix", datetime(2025, 11, 3, tzinfo=UTC), reason="r"),
        late("late", datetime(2025, 11, 3, tzinfo=UTC)),
    )
    assert where("fix") == (FIRST_OF_DECEMBER, "2025-11-03T00:00:00+00:00")
    assert where("late") == (FIRST_OF_JANUARY, "2025-11-03T00:00:00+00:00")
    assert [queries.period_state(SHOP, m) for m in (NOVEMBER, DECEMBER, JANUARY)] == ["closed", "soft", "open"]
    hard_close(DECEMBER)
    assert states() == [(NOVEMBER, "closed"), (DECEMBER, "closed")]
    assert audit() == {}


def test_only_months_that_are_over() -> None:
    for bad in (JANUARY, date(2025, 12, 2)):
        with pytest.raises(InvalidInput):
            soft_close_period(shop_id=SHOP, month=bad, now=NOW)
    assert states() == []


RAW = """WITH h AS (INSERT INTO ledger_tx (shop_id, reference, kind, currency, effective_at, recorded_at, cause_type,
  actor, payload_hash, adjustment, metadata) SELECT '{shop}', 'raw', 'k', 'CNY', '2025-12-03T00:00Z', now(), '', '',
  sha256('x'), {adjustment}, {metadata}::jsonb RETURNING id, shop_id)
INSERT INTO ledger_posting (shop_id, tx_id, seq, account_id, amount_minor, layer, effective_date)
SELECT h.shop_id, h.id, l.seq, (SELECT id FROM ledger_account WHERE shop_id = h.shop_id AND code = l.code), l.amount, 0,
       '2025-12-03' FROM h, (VALUES (1, '1002:bank:manual', 1), (2, '2203:order', -1)) l(seq, code, amount)"""


@pytest.mark.parametrize(
    ("adjustment", "metadata", "state"),
    [
        ("false", "NULL", "GFL06"),
        ("true", "NULL", "GFL07"),
        ("true", '\'{"reason": ""}\'', "GFL07"),
        ("true", '\'{"reason": "r"}\'', ""),
    ],
)
def test_raw_sql_is_held_to_it(adjustment: str, metadata: str, state: str) -> None:
    put(SHOP, entry("new", (BANK, 1), (ORDER, -1)))
    soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW)
    before = counts()
    statement = RAW.format(shop=SHOP, adjustment=adjustment, metadata=metadata)
    if not state:
        sql(statement)
        assert counts()[0] == before[0] + 1
        return
    with pytest.raises(DatabaseError) as raised:
        sql(statement)
    assert raised.value.__cause__.diag.sqlstate == state  # type: ignore[union-attr]
    assert counts() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_period SET state = 'closed'",
        "UPDATE ledger_period SET soft_xid = NULL",
        "UPDATE ledger_period SET state = 'closing', closing_xid = '5'",
        "UPDATE ledger_period SET state = 'closing', closing_xid = pg_current_xact_id(), soft_xid = NULL",
        "UPDATE ledger_period SET month = '2025-11-01'",
        "DELETE FROM ledger_period",
        "INSERT INTO ledger_period (shop_id, month, state, changed_at) SELECT shop_id, '2025-11-01', 'soft', now()"
        " FROM ledger_period",
        "INSERT INTO ledger_period (shop_id, month, state, changed_at, soft_xid)"
        " SELECT shop_id, '2025-11-01', 'soft', now(), '5' FROM ledger_period",
        "INSERT INTO ledger_period (shop_id, month, state, changed_at) SELECT shop_id, '2025-11-01', 'closed', now()"
        " FROM ledger_period",
    ],
)
def test_a_month_moves_only_as_allowed(statement: str) -> None:
    soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW)
    with pytest.raises(DatabaseError):
        sql(statement)
    assert states() == [(DECEMBER, "soft")]


def test_what_went_into_a_soft_closed_month_behind_the_guards_is_found() -> None:
    soft_close_period(shop_id=SHOP, month=NOVEMBER, now=NOW)
    soft_close_period(shop_id=SHOP, month=DECEMBER, now=NOW)
    (tx,) = put(SHOP, entry("new", (BANK, 1), (ORDER, -1)))
    tamper("UPDATE ledger_tx SET effective_at = '2025-11-03T00:00Z' WHERE id = %s", [tx])
    tamper("UPDATE ledger_posting SET effective_date = '2025-11-03' WHERE tx_id = %s", [tx])
    assert audit() == {"ledger.periods": [f"{SHOP}/tx/{tx}"]}
    tamper("UPDATE ledger_tx SET adjustment = true WHERE id = %s", [tx])
    assert audit() == {}
