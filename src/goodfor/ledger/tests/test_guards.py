"""Every violation is refused by the database itself, also for raw SQL."""

from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from goodfor.ledger.chart import CHART
from goodfor.ledger.operations import close_period, hold, open_account
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, audit, counts, entry, put, sql, wallet

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
OTHER = UUID("0190a1b2-0000-7000-8000-000000000002")

HEADER = """INSERT INTO ledger_tx (shop_id, reference, kind, currency, effective_at, recorded_at, cause_type, actor,
  payload_hash, reverses_tx, settles_tx{more}) SELECT '{shop}', 'raw', 'k', '{currency}', '{at}', now(), '', '',
  sha256('x'), {reverses}, {settles}{value} RETURNING id, shop_id"""
LINES = """INSERT INTO ledger_posting (shop_id, tx_id, seq, account_id, amount_minor, layer, effective_date{more})
  SELECT {shop}, {tx}, l.seq, (SELECT id FROM ledger_account WHERE shop_id = {account_shop} AND code = l.code),
         l.amount, l.layer, {date}{value} FROM (VALUES {lines}) l(seq, code, amount, layer)"""


def raw(
    *lines: tuple[str, int, int],
    currency: str = "CNY",
    at: str = "2026-01-01T00:00Z",
    date: str = "2026-01-01",
    date_of: str = "",
    reverses: object = "NULL::bigint",
    settles: object = "NULL::bigint",
    header: tuple[str, str] = ("", ""),
    posting: tuple[str, str] = ("", ""),
    account_shop: str = "",
    line_shop: str = "h.shop_id",
) -> None:
    values = ", ".join(f"({n}, '{c}', {a}::bigint, {y}::smallint)" for n, (c, a, y) in enumerate(lines, 1))
    head = HEADER.format(
        shop=SHOP, currency=currency, at=at, reverses=reverses, settles=settles, more=header[0], value=header[1]
    )
    body = LINES.format(
        shop=line_shop,
        tx="h.id",
        account_shop=account_shop or f"'{SHOP}'",
        date=date_of or f"'{date}'::date",
        lines=values,
        more=posting[0],
        value=posting[1],
    )
    sql(f"WITH h AS ({head}) {body}, h")


@pytest.fixture
def wallet_code() -> str:
    put(OTHER, entry("o:1", (BANK, 1), (ORDER, -1)))
    put(SHOP, entry("b:1", (BANK, 1), (ORDER, -1)))
    return wallet(SHOP, 100)


def test_raw_sql_that_is_right_is_accepted_and_moves_the_guarded_balance(wallet_code: str) -> None:
    raw((wallet_code, 40, 0), (ORDER, -40, 0))
    assert sql("SELECT posted_minor FROM ledger_balance WHERE shop_id = %s", [SHOP]) == [(60,)]
    assert audit() == {}


HOUR = "2026-01-01T00:00Z"


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("unbalanced", "GFL07"),
        ("one line", "GFL07"),
        ("zero amount", "23514"),
        ("layers apart", "GFL07"),
        ("layer 2", "23514"),
        ("foreign xid", "GFL07"),
        ("posting xid", "GFL07"),
        ("other currency", "GFL07"),
        ("other shop's account", "GFL07"),
        ("other shop's posting", "GFL07"),
        ("wrong date", "GFL07"),
        ("below floor", "23514"),
        ("mixed layers", "GFL05"),
        ("hold gives", "GFL05"),
        ("settles nothing", "GFL05"),
        ("settles a posting", "GFL05"),
        ("reverses inexactly", "GFL05"),
        ("reverses another shop's", "GFL05"),
        ("held below floor", "23514"),
        ("settles inexactly", "GFL05"),
        ("no account", "23502"),
        ("same reference", "23505"),
        ("one line's date", "GFL07"),
        ("one line's xid", "GFL07"),
        ("one line's shop", "GFL07"),
        ("one line's account", "GFL07"),
        ("one guarded line's date", "GFL07"),
        ("floor by two lines", "23514"),
        ("floor of one of two", "23514"),
    ],
)
def test_a_wrong_transaction_is_refused(wallet_code: str, case: str, state: str) -> None:
    code = wallet_code
    (plain,) = put(SHOP, entry("p:1", (BANK, 9), (ORDER, -9)))
    (foreign,) = put(OTHER, entry("p:1", (BANK, 9), (ORDER, -9)))
    held = hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 50), (ORDER, -50)), now=NOW)
    if case == "same reference":
        raw((BANK, 1, 0), (ORDER, -1, 0))
    second = wallet(SHOP, 8, name="w2")
    before = counts()
    good = ((BANK, 9, 0), (ORDER, -9, 0))
    attempts = {
        "unbalanced": lambda: raw((BANK, 9, 0), (ORDER, -8, 0)),
        "one line": lambda: raw((BANK, 9, 0)),
        "zero amount": lambda: raw((BANK, 0, 0), (ORDER, 0, 0)),
        "layers apart": lambda: raw((BANK, 9, 0), (ORDER, -9, 1)),
        "layer 2": lambda: raw((BANK, 9, 2), (ORDER, -9, 2)),
        "foreign xid": lambda: raw(*good, header=(", xid", ", '5'::xid8")),
        "posting xid": lambda: raw(*good, posting=(", xid", ", '5'::xid8")),
        "other currency": lambda: raw(*good, currency="USD"),
        "other shop's account": lambda: raw(*good, account_shop=f"'{OTHER}'"),
        "other shop's posting": lambda: raw(*good, line_shop=f"'{OTHER}'::uuid"),
        "wrong date": lambda: raw(*good, date="2026-01-02"),
        "below floor": lambda: raw((code, 51, 0), (ORDER, -51, 0)),
        "mixed layers": lambda: raw((BANK, 9, 0), (ORDER, -9, 0), (BANK, 9, 1), (ORDER, -9, 1)),
        "hold gives": lambda: raw((BANK, 9, 1), (code, -9, 1)),
        "settles nothing": lambda: raw(*good, settles=10**12),
        "settles a posting": lambda: raw(*good, settles=plain),
        "reverses inexactly": lambda: raw((BANK, -8, 0), (ORDER, 8, 0), reverses=plain),
        "reverses another shop's": lambda: raw((BANK, -9, 0), (ORDER, 9, 0), reverses=foreign),
        "held below floor": lambda: raw((code, 51, 1), (ORDER, -51, 1)),
        "settles inexactly": lambda: raw((code, -49, 1), (ORDER, 49, 1), settles=held),
        "no account": lambda: raw((BANK, 9, 0), ("2205:refund", -9, 0)),
        "same reference": lambda: raw(*good),
        "one line's date": lambda: raw(
            *good, date_of="CASE l.seq WHEN 1 THEN date '2026-01-02' ELSE date '2026-01-01' END"
        ),
        "one line's xid": lambda: raw(
            *good, posting=(", xid", ", CASE l.seq WHEN 1 THEN '5' ELSE pg_current_xact_id() END")
        ),
        "one line's shop": lambda: raw(*good, line_shop=f"CASE l.seq WHEN 1 THEN '{OTHER}'::uuid ELSE h.shop_id END"),
        "one line's account": lambda: raw(
            *good, account_shop=f"CASE l.seq WHEN 1 THEN '{OTHER}'::uuid ELSE h.shop_id END"
        ),
        "one guarded line's date": lambda: raw(
            (code, 9, 0), (ORDER, -9, 0), date_of="CASE l.seq WHEN 2 THEN date '2026-01-02' ELSE date '2026-01-01' END"
        ),
        "floor by two lines": lambda: raw((code, 26, 0), (ORDER, -26, 0), (code, 26, 0), (ORDER, -26, 0)),
        "floor of one of two": lambda: raw((code, 9, 0), (second, 9, 0), (ORDER, -18, 0)),
    }
    with pytest.raises(DatabaseError) as raised:
        attempts[case]()
    assert raised.value.__cause__.diag.sqlstate == state, raised.value
    assert counts() == before
    assert audit() == {}


def test_a_header_alone_and_postings_later_are_refused(wallet_code: str) -> None:
    head = HEADER.format(
        shop=SHOP, currency="CNY", at=HOUR, reverses="NULL::bigint", settles="NULL::bigint", more="", value=""
    )
    before = counts()
    with pytest.raises(DatabaseError, match="comes whole"):
        sql(head)
    (old,) = put(SHOP, entry("p:1", (BANK, 9), (ORDER, -9)))
    for tx in (old, 10**12):
        later = LINES.format(
            shop=f"'{SHOP}'::uuid",
            tx=tx,
            account_shop=f"'{SHOP}'",
            date="'2026-01-01'",
            more="",
            value="",
            lines=f"(7, '{BANK}', 1::bigint, 0::smallint), (8, '{ORDER}', -1::bigint, 0::smallint)",
        )
        with pytest.raises(DatabaseError, match="does not fit"):
            sql(later)
    assert counts()[:2] == (before[0] + 1, before[1] + 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_tx SET kind = 'x'",
        "DELETE FROM ledger_tx",
        "TRUNCATE ledger_tx",
        "UPDATE ledger_posting SET amount_minor = 1",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "UPDATE ledger_posting SET amount_minor = amount_minor WHERE false",
        "UPDATE ledger_balance SET posted_minor = posted_minor + 1",
        "UPDATE ledger_balance SET pending_out_minor = 0",
        "DELETE FROM ledger_balance",
        "TRUNCATE ledger_balance",
        "UPDATE ledger_account SET code = code || 'x'",
        "UPDATE ledger_account SET normal_side = -normal_side",
        "UPDATE ledger_account SET guarded = NOT guarded",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_account",
        "DELETE FROM ledger_seal",
        "TRUNCATE ledger_seal",
        "UPDATE ledger_seal SET number = 1",
        "DELETE FROM ledger_period",
        "TRUNCATE ledger_period",
        "INSERT INTO ledger_balance VALUES ('0190a1b2-0000-7000-8000-000000000001', 1, 9, 5, 0, 0)",
        "UPDATE ledger_balance SET floor_minor = posted_minor + 1",
        "INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at) "
        "VALUES ('0190a1b2-0000-7000-8000-000000000001', '7777:x', 'asset', 1, 'CNY', false, 1, now())",
        "INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at) "
        "VALUES ('0190a1b2-0000-7000-8000-000000000001', '2207:wallet:z', 'liability', -1, 'CNY', false, 1, now())",
        "INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at) "
        "VALUES ('0190a1b2-0000-7000-8000-000000000001', '2205:refund', 'liability', 1, 'CNY', false, 1, now())",
        "INSERT INTO ledger_period VALUES ('0190a1b2-0000-7000-8000-000000000001', '2025-01-01', 'closed')",
    ],
)
def test_nothing_is_changed_or_removed(wallet_code: str, statement: str) -> None:
    before = counts()
    with pytest.raises(DatabaseError):
        sql(statement)
    assert counts() == before
    assert audit() == {}


def test_closed_accounts_and_months_take_nothing(wallet_code: str) -> None:
    open_account(shop_id=SHOP, code="2205:refund", currency="CNY", guarded=False)
    sql("UPDATE ledger_account SET closed_at = now() WHERE shop_id = %s AND code = '2205:refund'", [SHOP])
    with pytest.raises(DatabaseError) as raised:
        raw((BANK, 1, 0), ("2205:refund", -1, 0))
    assert raised.value.__cause__.diag.sqlstate == "GFL04"
    with pytest.raises(DatabaseError):
        sql("UPDATE ledger_account SET closed_at = NULL WHERE shop_id = %s AND code = '2205:refund'", [SHOP])
    close_period(shop_id=SHOP, month=NOW.replace(year=2025, month=12).date(), now=NOW)
    with pytest.raises(DatabaseError) as raised:
        raw((BANK, 1, 0), (ORDER, -1, 0), at="2025-11-30T00:00Z", date="2025-11-30")
    assert raised.value.__cause__.diag.sqlstate == "GFL06"
    raw((BANK, 1, 0), (ORDER, -1, 0))


def test_a_transaction_may_not_grow_by_a_second_statement_unevenly(wallet_code: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        raw((BANK, 1, 0), (ORDER, -1, 0))
        (tx,) = sql("SELECT max(id) FROM ledger_tx")[0]
        sql(
            LINES.format(
                shop=f"'{SHOP}'::uuid",
                tx=tx,
                account_shop=f"'{SHOP}'",
                date="'2026-01-01'",
                more="",
                value="",
                lines=f"(7, '{BANK}', 1::bigint, 0::smallint)",
            )
        )


def test_the_chart_in_the_database_is_the_chart() -> None:
    rows = sql("SELECT pattern, type, normal_side, guarded FROM ledger_chart()")
    assert rows == [(line.regex, line.type, line.side, line.guarded) for line in CHART]
