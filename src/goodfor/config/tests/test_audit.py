"""`audit` finds what is planted, and exactly that; and no plaintext code lies anywhere."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from goodfor.cli import world
from goodfor.delivery import queries as delivery
from goodfor.identity import queries as identity
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.identity.types import Scope
from goodfor.kernel import crypto, invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.operations import close_period, fill_days, roll_up, seal
from goodfor.orders.operations import refund_order, refund_part, reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    begin,
    broken,
    buy,
    forget_all,
    open_till,
    pay,
    place,
    refund_all,
    relay_all,
    seal_all,
    sql,
)
from goodfor.orders.types import HoldOrder
from goodfor.subscriptions.tests.living import subscribed
from goodfor.vault.operations import fold_stock


@dataclass(frozen=True)
class Books:
    """A shop that has lived: ids to plant at, as text for statements."""

    now: datetime
    names: dict[str, str]


def live(now: datetime) -> Books:
    """Sell, refund, reveal, seal and fold in two shops."""
    demo = world.make_shop(now)
    codes = world.random_codes(20)
    world.load_codes(demo.shop_id, demo.skus["kw-50"], codes, now, cost_minor=800)
    shop = Shop(demo, demo.skus["kw-50"], codes)
    till = open_till(demo.shop_id, now)
    other = make_shop(now)
    staff = make_staff(other, now)
    delivered = buy(shop, now, 2)
    reveal_codes(shop_id=demo.shop_id, order_id=delivered.id, actor="client:x", ip="", now=now)
    paid = place(shop, now, 2)
    payment = begin(till, paid.order_id, now)
    pay(payment, now)
    refunded = buy(shop, now)
    refund_order(shop_id=demo.shop_id, order_id=refunded.id, reason="r", actor="client:x", now=now)
    placed = place(shop, now, 2)
    shown = buy(shop, now)
    reveal_codes(shop_id=demo.shop_id, order_id=shown.id, actor="client:x", ip="", now=now)
    refund_order(shop_id=demo.shop_id, order_id=shown.id, reason="r", actor="staff:1", by_staff=True, now=now)
    api = Client(headers={"Authorization": f"Bearer {demo.api_key}"})
    body = {"lines": [{"sku_id": str(shop.sku_id), "quantity": 1}], "payment": "checkout", "buyer": {"ref": "b"}}
    made = api.post(
        "/api/v1/orders", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert made.status_code == 201
    place(shop, now, ref="guest:c", contact="a@example.com")
    set_signing_key(
        shop_id=demo.shop_id, client_id=demo.client_id, algorithm="hmac-sha256", require=False, actor="t", now=now
    )
    parted = buy(shop, now)
    refund_part(shop_id=demo.shop_id, order_id=parted.id, amount=Money(1, "CNY"), reason="r", actor="staff:1", now=now)
    held = place(shop, now, ref="guest:h", hold=HoldOrder(uuid4(), timedelta(hours=1), reasons=("new_device",)))
    pay(begin(till, held.order_id, now), now)
    refund_all(now)
    keeper = make_staff(identity.shop_by_id(demo.shop_id), now).actor
    subscription = subscribed(demo.shop_id, shop.sku_id, keeper, now)
    month = (now.replace(day=1) - timedelta(days=40)).date().replace(day=1)
    while close_period(shop_id=demo.shop_id, month=month, now=now) != "closed":
        pass
    while roll_up(now=now) or fill_days(now=now):
        pass
    seal(now=now)
    seal_all(now)
    fold_stock(now=now)
    [(bank, sales, owed, tx)] = sql(
        """SELECT (SELECT id FROM ledger_account WHERE shop_id = %(s)s AND code = '1002:bank:manual'),
                  (SELECT id FROM ledger_account WHERE shop_id = %(s)s AND code = '5001:sales:codes'),
                  (SELECT id FROM ledger_account WHERE shop_id = %(s)s AND code = '2203:order'),
                  (SELECT id FROM ledger_tx WHERE shop_id = %(s)s AND kind = 'delivery' ORDER BY id LIMIT 1)""",
        {"s": demo.shop_id},  # type: ignore[arg-type]
    )
    return Books(
        now,
        {
            "shop": str(demo.shop_id), "other": str(other.id), "staff": str(staff.id), "sku": str(shop.sku_id),
            "sku2": str(demo.skus["kw-100"]), "delivered": str(delivered.id), "line": str(delivered.lines[0].line_id),
            "subscription": str(subscription), "placed": str(placed.order_id), "shown": str(shown.id),
            "refunded": str(refunded.id),
            "parted": str(parted.id), "held": str(held.order_id),
            "paid": str(paid.order_id), "payment": str(payment.id), "account": str(till.account_id),
            "bank": str(bank), "sales": str(sales), "owed": str(owed), "tx": str(tx), "new": str(uuid7()),
            "new2": str(uuid4()),
            "closed": f"{month}T12:00:00+08",
            "free": f"(SELECT id FROM vault_code WHERE state = 0 AND sku_id = '{shop.sku_id}'"
            " ORDER BY id DESC LIMIT 1)",
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def books(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Books]:
    """Made once: what a test plants is rolled back."""
    with django_db_blocker.unblock():
        crypto.forget_keys()
        found = live(utc_now())
        try:
            yield found
        finally:
            forget_all()


#: After roll-up and seal, but not in the future as the plant's own transaction id is to its snapshot.
PAST_XID = "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8"


def tx(
    reference: str, debit: str, credit: str, *, kind: str = "test", amounts: tuple[int, int] = (5, -5), layer: int = 0,
    at: str = "now()", recorded: str = "now()", dated: str = "0", xid: str = PAST_XID,
    reverses: str = "NULL", order: str = "NULL",
) -> str:  # fmt: skip
    """A transaction with two postings, written behind the ledger's back."""
    return f"""
        WITH t AS (
            INSERT INTO ledger_tx (xid, effective_at, recorded_at, reverses_tx, shop_id, currency, reference, kind,
                                   cause_type, actor, payload_hash)
            VALUES ({xid}, {at}, {recorded}, {reverses}, '{{shop}}', 'CNY', '{reference}', '{kind}', '', 'x',
                    sha256('x'))
            RETURNING id, shop_id, effective_at, xid
        )
        INSERT INTO ledger_posting (shop_id, tx_id, seq, account_id, amount_minor, xid, effective_date, layer, order_id)
        SELECT t.shop_id, t.id, p.seq, p.account, p.amount, t.xid, ledger_business_date(t.effective_at) + {dated},
               {layer}, {order}
        FROM t, (VALUES (1, {debit}, {amounts[0]}), (2, {credit}, {amounts[1]})) AS p (seq, account, amount)
    """


#: The end of the audit trail, cut off together with its seals.
CUT = (
    "DELETE FROM kernel_audit WHERE id IN (SELECT audit_id FROM kernel_audit_seal ORDER BY seq DESC LIMIT {lines});"
    "DELETE FROM kernel_audit_seal s WHERE NOT EXISTS (SELECT FROM kernel_audit a WHERE a.id = s.audit_id)"
)
FACT = """INSERT INTO payments_fact (id, shop_id, account_id, provider, payment_id, kind, our_ref, channel_ref,
              amount_minor, currency, happened_at, source, recorded_at, outcome, posting_ref)
          VALUES ('{new}', '{shop}', '{account}', 'sandbox', NULL, 'paid', 'P1', 'C1', 5, 'CNY', now(), 'query',
                  now() - interval '5 minutes', '', '')"""
BOTH_COUNTS = (
    "UPDATE vault_lot SET {change} WHERE sku_id = '{{sku}}'; UPDATE vault_stock SET {change} WHERE sku_id = '{{sku}}'"
)


#: Sealed with a key that is there.
KEY_AND_BLOB = "(SELECT min(key_id) FROM vault_code), 'x'"


def told(state: str, due: str, *, secret: bool = False, content: bool = False, message_id: str = "{new}") -> str:
    """A message of the notice `{new2}`, written behind notify's back."""
    return f"""
        INSERT INTO notify_message (id, shop_id, notice_id, scene, subject, audience, channel, language,
            template_version, secret, state, recipient_index, recipient_hint, provider, provider_ref, failure, attempts,
            asks, report_asks, next_try_at, expires_at, created_at, content_key_id, content_blob)
        VALUES ('{message_id}', '{{shop}}', '{{new2}}', 's', 'x:1', 'buyer', 'email', 'zh', 0, {secret}, '{state}',
                sha256('x'), '', '', '', '', 1, 0, 0, {due}, now(), now(), {KEY_AND_BLOB if content else "NULL, NULL"})
    """


AGO = "now() - interval '{} minutes'"
NOTICE = """INSERT INTO notify_notice (id, shop_id, scene, subject, audience, channel, created_at)
            VALUES ('{new2}', '{shop}', 's', 'x:1', 'buyer', 'email', now())"""


def moved(machine: str, subject: str, *states: str) -> str:
    """A history that leads through these states."""
    steps = ", ".join(
        f"({n}, {'NULL' if n == 0 else repr(states[n - 1])}, '{state}')" for n, state in enumerate(states)
    )
    return (
        "; INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)"
        f" SELECT '{{shop}}', '{machine}', '{subject}', v.n, v.a, v.b, 'x', 'x', now()"
        f" FROM (VALUES {steps}) AS v (n, a, b)"
    )


def wanted(
    *states: str, quantity: int = 1, way: int = 0, there: int = 0, deadline: str = "now() + interval '1 hour'",
    order: str = "{placed}",
) -> str:  # fmt: skip
    """A want `{new}`, written behind supply's back; without states it has no history."""
    closed = "now()" if len(states) > 1 else "NULL"
    row = f"""
        INSERT INTO supply_want (id, shop_id, order_id, line_id, part, sku_id, kind, quantity, in_flight, delivered,
            price_minor, currency, channel, state, reason, tries, next_at, deadline_at, created_at, closed_at)
        VALUES ('{{new}}', '{{shop}}', '{order}', '{{line}}', 0, '{{sku}}', 'code', {quantity}, {way}, {there}, 1,
                'CNY', 'api', '{states[-1] if states else "open"}', '', 0, NULL, {deadline}, now(), {closed})"""
    return row + (moved("supply.want", "{new}", *states) if states else "")


def bought(
    *states: str, next_at: str = "now()", got: int = 0, hold: str = "NULL", attempt: str = "{new2}",
    number: str = "1", history: bool = True,
) -> str:  # fmt: skip
    """A purchase for that want."""
    ended = "NULL" if states[-1] in ("sending", "accepted", "unknown", "manual") else "now()"
    row = f"""
        ; INSERT INTO supply_attempt (id, shop_id, want_id, supplier_id, item_ref, number, item_id, variant, quantity,
            multiple, max_cost, currency, state, ref, got, refunded, hold_tx, reason, word, trace, asked, next_at,
            sent_at, ended_at)
        VALUES ('{attempt}', '{{shop}}', '{{new}}', '{{new}}', '{{new}}', '{number}', '1', '', 1, 1, 1, 'CNY',
                '{states[-1]}', '', {got}, 0, {hold}, '', '', jsonb_build_object(), 0, {next_at}, now(), {ended})"""
    return row + (moved("supply.attempt", attempt, *states) if history else "")


def claimed(
    order: str, state: str, unit: str, *, claim: str = "{new}", code: str = "(SELECT min(c.id::text)::uuid FROM"
    " vault_code c WHERE c.holder_id = l.id)", steps: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """A claim about one code of an order, its unit and its history, written behind the guards."""
    ended = "NULL" if unit == "live" and state != "withdrawn" else "now()"
    walked = steps or ("open",) + ((state,) if state != "open" else ())
    return (
        "INSERT INTO orders_claim (id, shop_id, order_id, line_id, reason, code_ids, state, opened_at, answer_by,"
        f" closed_at, wanted_at) SELECT '{claim}', l.shop_id, l.order_id, l.id, 'used', ARRAY[{code}], '{state}',"
        f" now(), now(), {ended}, now() - interval '1 hour' FROM orders_line l WHERE l.order_id = '{{{order}}}';"
        "INSERT INTO orders_claim_unit (id, shop_id, claim_id, order_id, line_id, code_id, state, at) SELECT"
        f" gen_random_uuid(), shop_id, id, order_id, line_id, code_ids[1], '{unit}', now() FROM orders_claim"
        f" WHERE id = '{claim}'{moved('claim', claim, *walked)}"
    )


def cased(
    state: str, *walked: str, action: str = "", by: str = "", decided: str = "NULL", answer_by: str = "now() + interval"
    " '1 hour'", answered: str = "now()", next_at: str = "now()", decisions: int = 0,
) -> str:  # fmt: skip
    """The case of the claim `{new}`, which has moved through these states, and its decisions."""
    closed = "now()" if state == "closed" else "NULL"
    made = f"""
        INSERT INTO aftersales_case (id, shop_id, order_id, line_id, sku_id, number, buyer, reason, units, amount_minor,
            currency, state, terms, promise_version, opened_at, answer_by, decide_by, answered_at, decided_at,
            closed_at, next_at, tries, action, rule, why, by, proven, escalated)
        SELECT id, shop_id, order_id, line_id, '{{sku}}', 'G1', 'guest:x', 'used', 1, 1, 'CNY', '{state}',
               jsonb_build_object(), 0, opened_at, {answer_by}, now() + interval '1 day', {answered}, {decided},
               {closed}, {next_at}, 0, '{action}', '', 'unseen', '{by}', false, 0
        FROM orders_claim WHERE id = '{{new}}'"""
    written = f"""
        ; INSERT INTO aftersales_decision (id, shop_id, case_id, at, by, action, rule, why, policy_version, facts)
        SELECT gen_random_uuid(), '{{shop}}', '{{new}}', now(), 'system', '{action}', '', 'unseen', 0,
               jsonb_build_object() FROM generate_series(1, {decisions})"""
    made += written if decisions else ""
    return made + (moved("aftersales.case", "{new}", *walked) if walked else "")


def account(code: str, kind: str, side: int) -> str:
    """An account of the chart that the shop had no use for yet."""
    return (
        "INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at)"
        f" VALUES ('{{shop}}', '{code}', '{kind}', {side}, 'CNY', false, 1, now())"
    )


def granted(*states: str) -> str:
    """Five owed for an order; without states it has no history."""
    row = """
        INSERT INTO aftersales_grant (id, shop_id, case_id, order_id, line_id, sku_id, number, buyer, kind,
            amount_minor, reserve_minor, currency, way, state, reason, day, made_at, paid_at, paid_by, account,
            reference)
        VALUES ('{new}', '{shop}', NULL, '{delivered}', '{line}', '{sku}', 'G1', 'guest:x', 'late_delivery', 5, 0,
                'CNY', 'wallet', 'owed', '', NULL, now(), NULL, '', '', '')"""
    return row + (moved("aftersales.grant", "{new}", *states) if states else "")


def referred(*states: str, reward: str = "{new}", beneficiary: str = "{new2}", minor: int = 5) -> str:
    """What somebody gets for having brought the buyer of an order; without states it has no history."""
    row = f"""
        INSERT INTO referrals_reward (id, shop_id, order_id, number, line_id, sku_id, beneficiary, friend, level,
            source, programme_id, revision, kind, bp, base_minor, wanted_minor, amount_minor, taken_minor,
            owed_minor, currency, state, score, cleared, reasons, held, why, earned_at, frozen_until, account)
        VALUES ('{reward}', '{{shop}}', '{{delivered}}', 'G1', '{{line}}', '{{sku}}', '{beneficiary}', '{{staff}}', 1,
                'bound', '{{new}}', 1, 'balance', 0, 100, {minor}, {minor}, 0, 0, 'CNY',
                '{states[-1] if states else "pending"}', 0, 0, ARRAY[]::varchar[], false, '', now(), now(), '')"""
    return row + (moved("referrals.reward", reward, *states) if states else "")


def held(*, left: int = 5, minor: int = 0) -> str:
    """A wallet with five points, of which so many are left, and worth so much."""
    return f"""
        INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)
        VALUES ('{{new}}', '{{shop}}', 'points', '{{new}}', '{{new2}}', {left}, 0);
        INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose,
            nature, reason, actor, at)
        VALUES ('{{new}}', '{{shop}}', '{{new}}', 'earn', {left}, 5, 0, 'test', '1', '', 'sale', '', 'test', now());
        INSERT INTO loyalty_lot (id, shop_id, wallet_id, entry_id, units, remaining, minor, earned_at, available_at)
        VALUES ('{{new}}', '{{shop}}', '{{new}}', '{{new}}', 5, {left}, {minor}, now(), now())"""


def looked_at(state: str, *walked: str) -> str:
    """An order whose rewards were odd, of which one person let five through; without states it has no history."""
    done = "now(), 'approve'" if state == "done" else "NULL, ''"
    row = f"""
        INSERT INTO referrals_review (id, shop_id, state, score, reasons, inviter, friend, number, asked_at, taken_by,
            decided_at, verdict, reason, by, second_by, amount_minor, alone_minor, alone)
        VALUES ('{{new}}', '{{shop}}', '{state}', 60, ARRAY[]::varchar[], '{{new2}}', '{{staff}}', 'G1', now(), '',
                {done}, 'x', 'x', '', 5, 0, false)"""
    return row + (moved("referrals.review", "{new}", *walked) if walked else "")


SHARED = "2202:supplier:x:accrued"
SHARED_ID = f"(SELECT id FROM ledger_account WHERE shop_id = '{{shop}}' AND code = '{SHARED}')"
ITEM = (
    "INSERT INTO settlement_item (shop_id, tx_id, seq, amount_minor, statement_id, effective_at, recorded_at, currency,"
    f" account, what, kind, reference) SELECT '{{shop}}', p.tx_id, p.seq, -p.amount_minor, {{on}}, now(), now(), 'CNY',"
    f" '{SHARED}', 'sale', 'test', 'x' FROM "
)


def settled(state: str, *walked: str) -> str:
    """A statement `{new}` of five, all of it held back, so that nothing is owed on it; without states no history."""
    ended = "now()" if state in ("paid", "closed", "rejected") else "NULL"
    posting = f"ledger_posting p WHERE p.account_id = {SHARED_ID}"
    row = f"""
        ; INSERT INTO settlement_line (shop_id, statement_id, tx_id, seq, amount_minor)
        SELECT shop_id, statement_id, tx_id, seq, amount_minor FROM settlement_item WHERE statement_id = '{{new}}'
        ; INSERT INTO settlement_statement (id, shop_id, number, party_id, party_kind, party_code, party_name, currency,
            cycle, confirmation, version, replaces_id, cutoff, first_at, due_on, item_count, items_minor, carry_minor,
            held_minor, payable_minor, min_payout_minor, accounts, kinds, content_hash, state, approvals_needed, round,
            made_at, made_by, confirmed_by, ended_at, reason)
        SELECT '{{new}}', shop_id, 'supplier-x-1', '{{new2}}', 'supplier', 'x', 'x', 'CNY', 't1', false, 1, NULL, now(),
               now(), current_date, 1, 5, 0, 5, 0, 0, jsonb_build_object('{SHARED}', 5), jsonb_build_array(),
               sha256(sha256(convert_to(tx_id || ':' || seq || ':' || amount_minor, 'UTF8'))), '{state}', 1, 1, now(),
               'x', '', {ended}, ''
        FROM settlement_item WHERE statement_id = '{{new}}'"""
    books = f"{account(SHARED, 'liability', -1)};{tx('share:{new}', '{bank}', SHARED_ID)};"
    item = ITEM.replace("{on}", "'{new}'") + posting
    return books + item + row + (moved("settlement.statement", "{new}", *walked) if walked else "")


def paid_out(*walked: str) -> str:
    """A payout `{new}` of nothing that failed; without states it has no history."""
    row = """
        INSERT INTO settlement_payout (id, shop_id, number, statement_id, party_id, amount_minor, currency, way,
            bank_mark, bank_tail, state, attempts, provider_ref, failure, started_at, started_by, finished_at)
        VALUES ('{new}', '{shop}', 'x.1', '{new2}', '{new2}', 5, 'CNY', 'x', 'x', '', 'failed', 1, '', 'x', now(), 'x',
                now())"""
    return row + (moved("settlement.payout", "{new}", *walked) if walked else "")


def recovered(state: str, *states: str, recovery: str = "{new}", code: str = "{staff}") -> str:
    """What a supplier is to make good for a code, nothing of which came; without states it has no history."""
    ended = "now(), 'x'" if state == "written_off" else "NULL, ''"
    row = f"""
        INSERT INTO aftersales_recovery (id, shop_id, case_id, supplier_id, account, order_id, line_id, sku_id, number,
            purchases, code_ids, units, cost_minor, compensation_minor, amount_minor, settled_minor, currency, state,
            ref, made_at, sent_at, ended_at, ended_by, note)
        VALUES ('{recovery}', '{{shop}}', '{recovery}', '{{new}}', '1221:supplier:x:claim', '{{delivered}}', '{{line}}',
                '{{sku}}', 'G1', ARRAY[]::varchar[], ARRAY['{code}'::uuid], 1, 5, 0, 5, 0, 'CNY', '{state}', '', now(),
                NULL, {ended}, '')"""
    return row + (moved("aftersales.recovery", recovery, *states) if states else "")


def inquired(
    kind: str, *states: str, inquiry: str = "{new}", code: str = "NULL", said: str = "", next_at: str = "NULL",
    amount: str = "NULL", number: int = 1, history: bool = True,
) -> str:  # fmt: skip
    """What was asked about the purchase `{new2}` or a code of it."""
    ended = "now()" if states[-1] in ("done", "failed") else "NULL"
    row = f"""
        INSERT INTO supply_inquiry (id, shop_id, subject, code_id, attempt_id, supplier_id, kind, round, state, tries,
            calls, next_at, said, used_at, unused_at, text, ticket, reply, closed_at, refunded_before, amount,
            amount_minor, currency, asked_at, sent_at, ended_at)
        VALUES ('{inquiry}', '{{shop}}', '{{new}}', {code}, '{{new2}}', '{{new}}', '{kind}', {number}, '{states[-1]}',
                1, 1, {next_at}, '{said}', NULL, NULL, '', '', '', NULL, 0, {amount}, NULL, 'CNY', now(), now(),
                {ended})"""
    return row + (moved("supply.inquiry", inquiry, *states) if history else "")


def planted(
    what: str, columns: str, values: str, *, noted: bool = True, met: bool = False, retired: bool = False
) -> str:  # fmt: skip
    """A planted code `{new}`; with the audit line of its planting, where `noted`, and of nothing else."""
    over = "'x', now()" if retired else "'', NULL"
    row = (
        f"INSERT INTO risk_{what} (id, shop_id, why, planted_by, planted_at, retired_by, retired_at, met, met_at,"
        f" {'batch' if what == 'honeypot' else 'place'}, {columns}) VALUES ('{{new}}', '{{shop}}', 'x', 'x', now(),"
        f" {over}, {'1, now()' if met else '0, NULL'}, '', "
        + values.replace("{mark}", "substr(sha256('x'), 1, 16)") + ")"
    )  # fmt: skip
    line = (
        ";INSERT INTO kernel_audit (xid, shop_id, actor, action, subject_type, subject_id, data, at) VALUES"
        f" ({PAST_XID}, '{{shop}}', 'x', 'risk.{what}_planted', '{what}', '{{new}}', jsonb_build_object(), now())"
    )
    return row + (line if noted else "")


def judged(*, event: str = "{new}", failed: str = "ARRAY[]::text[]", outcome: str = "deny", of: int = 1) -> str:
    """An attempt with the decision `{new}`, `of` times written down, and its decision; both behind the guards."""
    return (
        "INSERT INTO risk_event (shop_id, at, id, scene, result, amount_minor, decision_id) SELECT '{shop}',"
        f" now() - interval '1 hour' * n, 9000000 + n, 5, 0, 0, '{event}'"
        f" FROM generate_series(0, {of - 1}) AS n;"
        "INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features, set_version,"
        " hits, score, model_id, challengers, why, rules_version, outcome, reasons, hold_until, cost, sampled, failed,"
        " absent, silent, latency_us, expires_at) VALUES ('{shop}', now(), '{new}', 9000000, 5, '',"
        " NULL, jsonb_build_object(), 1, jsonb_build_array(), NULL, NULL, jsonb_build_object(), jsonb_build_array(), 0,"
        f" '{outcome}', ARRAY[]::text[], NULL, 0, false, {failed}, ARRAY[]::text[], ARRAY[]::text[], 1, now())"
    )


def ruled(state: str, *, latest: int = 1, history: tuple[str, ...] = ()) -> str:
    """A rule `{new}` with one version `{new2}`, behind the guards and without anybody's approval."""
    percent, version = (100, "'{new2}'") if state == "live" else (0, "NULL")
    row = (
        "INSERT INTO risk_rule (id, shop_id, code, state, percent, version_id, latest, proposal_id, made_at,"
        f" changed_at) VALUES ('{{new}}', '{{shop}}', 'x', '{state}', {percent}, {version}, {latest}, NULL, now(),"
        " now());"
        "INSERT INTO risk_rule_version (id, shop_id, rule_id, number, name, words, text, tree, scenes, outcome, hard,"
        " hold_minutes, cost, quarantine_days, quarantine_by, label, threat, made_by, made_at, approved_by,"
        " approved_at, alone) VALUES ('{new2}', '{shop}', '{new}', 1, 'x', '', 'amount_minor > 1',"
        " jsonb_build_object(), ARRAY['order'], 'deny', false, 0, 0, 0, '', 'R0040', 'x', 'x', now(), '', NULL, false)"
    )
    return row + (moved("risk.rule", "{new}", *history) if history else "")


def reviewed(due: str, *, history: bool = True) -> str:
    """A review `{new}` that waits."""
    row = (
        "INSERT INTO risk_review (id, shop_id, decision_id, scene, subject_type, subject_id, amount_minor, currency,"
        " state, opened_at, due_at, overdue, taken_by, lease_until, outcome, note, done_by, done_at) VALUES ('{new}',"
        " '{shop}', '{new2}', 'order', '', NULL, 0, '', 'open', now() - interval '2 hours',"
        f" now() {due}, 'release', '', NULL, '', '', '', NULL)"
    )
    return row + (moved("risk.review", "{new}", "open") if history else "")


def recon_rows(*amounts: int) -> str:
    """A row of ours (1) and rows of a channel's bill (2, 3...), of these amounts."""
    rows = ", ".join(
        f"({n}, '{{shop}}', now(), {amount}, current_date, 0, true, '{'ours' if n == 1 else 'channel'}', 'a:b',"
        f" 'payment', 'CNY', 'done', 'k', '', '', '', 's{n}')"
        for n, amount in enumerate(amounts, 1)
    )
    return (
        "INSERT INTO recon_row (id, shop_id, at, amount_minor, day, amount_rest, live, side, account, kind, currency,"
        f" state, key, alt_key, group_key, post_ref, source) VALUES {rows};"
    )


def recon_run(run_id: str, *theirs: int, day: int = 0, says: int | None = None) -> str:
    """A live run that matched the row of ours with these rows, and says so, or says another number."""
    pairs = "".join(
        f"; INSERT INTO recon_match (run_id, shop_id, ours_id, theirs_id, by) VALUES ('{run_id}', '{{shop}}', 1, {one},"
        " 'exact')"
        for one in theirs
    )
    return (
        "INSERT INTO recon_run (id, shop_id, area, account, day, version, live, stale, currency, ours, theirs, books,"
        " matched, matched_minor, pooled, books_minor, theirs_minor, breaks, imports, actor, made_at) VALUES"
        f" ('{run_id}', '{{shop}}', 'channel', 'a:b', current_date + {day}, 1, true, false, 'CNY', 1, 1, 0,"
        f" {len(theirs) if says is None else says}, 0, 0, 0, 0, jsonb_build_object(), jsonb_build_array(), 'x', now())"
        f"{pairs}"
    )


def recon_case(next_act_at: str, *, history: bool = True) -> str:
    """A case `{new}` whose action is due then."""
    row = (
        "INSERT INTO recon_case (id, shop_id, area, account, day, category, business_key, risk_minor, currency, ours,"
        " theirs, detail, state, owner, reason, automatic, action, action_state, action_note, tries, next_act_at,"
        " opened_at, due_at, closed_by, run_id) VALUES ('{new}', '{shop}', 'channel', 'a:b', current_date, 'C1', 'k',"
        " 1, 'CNY', jsonb_build_object(), jsonb_build_object(), jsonb_build_object(), 'open', '', '', false,"
        f" 'ask_channel', 'due', '', 0, {next_act_at}, now(), now(), '', '{{new2}}')"
    )
    return row + (moved("recon.case", "{new}", "open") if history else "")


def summed(grains: str, value: int) -> str:
    """A row of the cube in each of these grains, of a day and shop of which the books say nothing."""
    names = (
        "paid_minor, paid_back_minor, sales_minor, sales_back_minor, adjusted_minor, other_income_minor,"
        " discount_minor, cost_minor, fee_minor, commission_minor, marketing_minor, compensation_minor,"
        " recovery_minor, difference_minor, paid_orders, orders, lines, units, refunds"
    )
    none = "00000000-0000-0000-0000-000000000000"
    return (
        f"INSERT INTO insights_cube (shop_id, grain, day, currency, sku_id, supplier_id, channel, method, segment,"
        f" campaign_id, {names}) SELECT '{{shop}}', grain, '2020-01-01', 'CNY', '{none}', '{none}', '', '', '',"
        f" '{none}', {value}{', 0' * names.count(',')} FROM unnest(string_to_array('{grains}', NULL)) AS grain"
    )


#: A backtest and a training of which no history tells.
TRAINED = (
    "INSERT INTO risk_training (id, shop_id, scene_group, until, delay_days, test_days, state, phase, share, acts,"
    " counts, problem, tries, made_by, made_at) VALUES ('{new}', '{shop}', 'purchase', now(), 60, 7, 'waiting', '', 0,"
    " 0, jsonb_build_object(), '', 0, 'x', now())"
)
#: A wish of which no history tells.
WISHED = (
    "INSERT INTO console_wish (id, shop_id, kind, subject_id, staff_id, reason, rows, state, asked_at, due_at, alone)"
    " VALUES ('{new}', '{shop}', 'codes', '{new2}', '{new2}', 'x', 1, 'asked', now(), now() + interval '1 day', false)"
)

#: Invariant -> statements that break it and nothing else.


def sold(refunded: int = 0, vat: int = 0) -> str:
    """A part of a line as finance keeps it, of 10.00."""
    return (
        "INSERT INTO finance_sold (order_line_id, part, shop_id, order_id, sku_id, category_id, supplier_code,"
        " contract_id, model, fee_bearer, quantity, currency, gross_minor, refunded_minor, discount_minor, cost_minor,"
        " cost_back_minor, rate_bp, vat_minor, vat_back_minor, passed_minor, passed_back_minor, fee_minor,"
        " fee_back_minor, input_minor, input_back_minor, delivered_at) VALUES ('{line}', 0, '{shop}', '{delivered}',"
        f" '{{sku}}', NULL, '', NULL, 'principal', 'platform', 1, 'CNY', 1000, {refunded}, 0, 0, 0, 0, {vat}, 0, 0, 0,"
        " 0, 0, 0, 0, now())"
    )


def invoiced(*walked: str, kind: str = "blue", amount: int = 1000, stands: int = 1000) -> str:
    """An invoice `{new}` of so much, and a line of it of the delivered order; asked for and written two hours ago."""
    state, red = walked[-1], kind == "red"
    over = "now() - interval '2 hours'" if state == "issued" else "NULL"
    row = (
        "INSERT INTO invoices_invoice (id, shop_id, order_id, order_number, number, kind, paper, blue_id, state,"
        " title_kind, title_key_id, title_blob, currency, total_minor, tax_minor, reversed_minor, tax_reversed_minor,"
        " reason, provider, official, link, failure, attempts, next_try_at, asked_at, asked_by, issued_at, ended_at)"
        f" VALUES ('{{new}}', '{{shop}}', '{{delivered}}', 'x', 'x-1', '{kind}', 'vat',"
        f" {'gen_random_uuid()' if red else 'NULL'}, '{state}', 'personal', {KEY_AND_BLOB},"
        f" 'CNY', {amount}, 0, 0, 0,"
        f" '{'x' if red else ''}', '', '{'A1' if state == 'issued' else ''}', '', '', 0, NULL,"
        f" now() - interval '2 hours', 'x', {over}, {over})"
    )
    line = (
        "; INSERT INTO invoices_line (invoice_id, seq, shop_id, order_line_id, sku_id, name, quantity, tax_class,"
        " rate_bp, amount_minor, tax_minor, reversed_minor, tax_reversed_minor) VALUES ('{new}', 1, '{shop}', '{line}',"
        f" '{{sku}}', 'x', 1, 'goods', 0, {stands}, 0, 0, 0)"
    )
    return row + (line if stands else "") + moved("invoices.invoice", "{new}", *walked)


def shared(reversed_minor: int) -> str:
    """A share of that line, of 0.05, of which so much was taken back."""
    return (
        "INSERT INTO finance_share (id, shop_id, order_id, order_line_id, sku_id, agreement_id, agreement_code,"
        " version, party_id, account, base_minor, amount_minor, reversed_minor, volume_before, currency, rank,"
        " explained, booked_at, superseded_at)"
        " VALUES ('{new}', '{shop}', '{delivered}', '{line}', '{sku}', '{new2}',"
        f" 'x', 1, '{{new2}}', '2206:distributor:x', 100, 5, {reversed_minor}, 0, 'CNY', 0, jsonb_build_object(),"
        " now(), NULL)"
    )


#: The books were read to the present.
READ = (
    "INSERT INTO finance_cursor (name, upto_xid)"
    " VALUES ('orders', pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
)
#: And every delivery in them answered.
ANSWERED = (
    "INSERT INTO finance_step (order_id, reference, shop_id, kind, amount_minor, lines, at)"
    " SELECT cause_id, reference, shop_id, 'deliver', 1, jsonb_build_object(), now() FROM ledger_tx"
    " WHERE kind = 'delivery'"
)


def grouped(state: str, *walked: str, persons: int = 0, expires: str = "now() + interval '1 hour'") -> str:
    """A group `{new}` of two; without states it has no history."""
    opened, ended = ("NULL" if state == "starting" else "now()"), ("now()" if state in ("formed", "failed") else "NULL")
    row = (
        "INSERT INTO promotions_group (id, shop_id, campaign_id, revision_id, sku_id, price_minor, size, hours,"
        " head_ref, head_names, state, persons, made_at, opened_at, expires_at, ended_at) VALUES ('{new}', '{shop}',"
        f" '{{new2}}', '{{new2}}', '{{sku}}', 1, 2, 1, 'guest:x', ARRAY['b:x'], '{state}', {persons}, now(), {opened},"
        f" {expires}, {ended})"
    )
    return row + (moved("promotions.group", "{new}", *walked) if walked else "")


def placed(order: str, *walked: str, state: str = "lost", hold: bool = True) -> str:
    """A place of an order in it, and the hold that goes with it; without states the place has no history."""
    row = (
        "; INSERT INTO promotions_place (order_id, shop_id, group_id, buyer_ref, names, pieces, head, state, made_at,"
        f" paid_at, ended_at) VALUES ('{{{order}}}', '{{shop}}', '{{new}}', 'guest:x', ARRAY['b:x'], 1, true,"
        f" '{state}', now(), now(), now())"
    )
    row += moved("promotions.place", f"{{{order}}}", *walked) if walked else ""
    held = (
        "; INSERT INTO orders_hold (order_id, shop_id, decision_id, then_do, review, reasons, for_seconds, until,"
        " made_at, made_by, state, ended_at, ended_by, cause, group_id, group_state, cleared_at, cleared_by) VALUES"
        f" ('{{{order}}}', '{{shop}}', NULL, 'release', false, ARRAY['group'], 1, NULL, now(), 'x', 'lapsed', now(),"
        f" 'x', 'x', '{{new}}', 'lost', now(), 'x'){moved('orders.hold', f'{{{order}}}', 'held', 'lapsed')}"
    )
    return row + (held if hold else "")


def bargained(*walked: str, cut: int = 2) -> str:
    """A bargain `{new}` from 5 to 3 by one help; without states it has no history."""
    row = (
        "INSERT INTO promotions_bargain (id, shop_id, campaign_id, revision_id, sku_id, owner_ref, owner_names,"
        " start_minor, floor_minor, price_minor, cuts, helped, help_most, state, order_id, freed_orders, opened_at,"
        " expires_at, ended_at) VALUES ('{new}', '{shop}', '{new2}', '{new2}', '{sku}', 'guest:x', ARRAY['b:x'], 5, 3,"
        f" 5, ARRAY[{cut}], 0, 1, 'open', NULL, ARRAY[]::uuid[], now(), now() + interval '1 hour', NULL)"
    )
    return row + (moved("promotions.bargain", "{new}", *walked) if walked else "")


#: Two hours ago a part of an order was given back, and finance has answered.
GAVE_BACK = (
    f"{sold(refunded=1)};"
    "INSERT INTO finance_step (order_id, reference, shop_id, kind, amount_minor, lines, at)"
    " VALUES ('{delivered}', 'refund:x', '{shop}', 'refund', 1, jsonb_build_object(), now() - interval '2 hours')"
)


def campaigned(state: str = "draft", *, latest: int = 1, history: bool = True) -> str:
    """A campaign `{new}` with one revision `{new2}` that nobody approved, behind the guards."""
    revision = "NULL" if state == "draft" else "'{new2}'"
    row = (
        "INSERT INTO promotions_campaign (id, shop_id, name, play, state, revision_id, submitted_id, submitted_by,"
        " latest, starts_at, ends_at, paused_why, made_by, made_at, changed_at) VALUES ('{new}', '{shop}', 'x',"
        f" 'flash', '{state}', {revision}, NULL, '', {latest}, now(), now() + interval '1 day', '', 'x', now(), now());"
        "INSERT INTO promotions_revision (id, shop_id, campaign_id, number, name, spec, hash, note, made_by, made_at,"
        " approved_by, approved_at, alone) VALUES ('{new2}', '{shop}', '{new}', 1, 'x', jsonb_build_object(), 'x', '',"
        " 'x', now(), '', NULL, false)"
    )
    steps = ("draft",) if state == "draft" else ("draft", "review", "scheduled", "running")
    return row + (moved("promotions.campaign", "{new}", *steps) if history else "")


def holding(turn: int = 1, *, coupons: str = "ARRAY[]::uuid[]") -> str:
    """An order `{new}` has used something of the campaign `{new2}`."""
    return (
        "INSERT INTO promotions_held (id, shop_id, order_id, campaign_id, revision_id, turn, buyer_ref, state, uses,"
        " wanted_minor, minor, loss_minor, coupons, back_minor, at, ended_at) VALUES (gen_random_uuid(), '{shop}',"
        f" '{{new}}', '{{new2}}', '{{new2}}', {turn}, 'b', 'used', 1, 1, 1, 0, {coupons}, 0, now(), now())"
    )


def taken(amount: int, most: int = 1, *, counted: int | None = None) -> str:
    """And that much of what it may have of a limit; `counted` on the counter."""
    return (
        "INSERT INTO promotions_taking (shop_id, order_id, campaign_id, turn, entity, counts, key, bucket, shared,"
        " most, amount, policy, back, state) VALUES ('{shop}', '{new}', '{new2}', 1, 'buyer', 'uses', 'x', '', false,"
        f" {most}, {amount}, 'whole', 0, 'used');"
        "INSERT INTO promotions_counter (shop_id, key, campaign_id, entity, counts, bucket, used) VALUES ('{shop}',"
        f" 'x', '{{new2}}', 'buyer', 'uses', '', {amount if counted is None else counted})"
    )


def bundled(state: str = "on_sale", *, number: int = 1, history: bool = True) -> str:
    """A bundle `{new}` that sells by its revision `{new2}`."""
    row = (
        "INSERT INTO promotions_bundle (id, shop_id, slug, state, revision_id, position, created_at, changed_at)"
        f" VALUES ('{{new}}', '{{shop}}', 'x', '{state}', '{{new2}}', 0, now(), now());"
        "INSERT INTO promotions_bundle_revision (id, shop_id, bundle_id, number, spec, by, at) VALUES ('{new2}',"
        f" '{{shop}}', '{{new}}', {number}, jsonb_build_object(), 'x', now())"
    )
    return row + (moved("promotions.bundle", "{new}", "draft", state) if history else "")


#: Signed a day ago, and its history with it.
MANDATE = (
    "INSERT INTO payments_mandate (id, shop_id, account_id, provider, account_code, number, business_key, holder,"
    " subject, state, most_minor, currency, cycle_unit, cycle_count, first_at, sign_ref, channel_ref, request, failure,"
    " ended_by, created_at, expires_at, active_at, asked) VALUES ('{new}', '{shop}', '{account}', 'sandbox', 'x',"
    " 'M00000001', 'k', 'x:1', 's', 'active', 9999999, 'CNY', 'month', 1, now(), '', 'C1', '{{}}', '', '',"
    " now() - interval '1 day', now(), now() - interval '1 day', 0)"
    + moved("payments.mandate", "{new}", "started", "active")
)
BY_MANDATE = "UPDATE payments_payment SET method = 'mandate' WHERE id = '{payment}'"


def charged(state: str, *, payment: str = "{payment}", mandate: str = "{new}", ended: str = "now()") -> str:
    """A charge that goes with a payment, without its history."""
    return (
        "INSERT INTO payments_mandate_charge (id, shop_id, mandate_id, payment_id, business_key, source_type,"
        " source_id, amount_minor, currency, state, code, created_at, ended_at)"
        f" SELECT '{{new2}}', shop_id, '{mandate}', id, 'k', source_type, source_id, amount_minor, currency,"
        f" '{state}', '', now(), {ended} FROM payments_payment WHERE id = '{payment}'"
    )


CHARGED = ("payments.mandate_charge", "{new2}", "created", "requested")
SEAL_KEY = "(SELECT id FROM kernel_data_key WHERE purpose = 'seal' AND active)"


def carded(state: str = "active", *, price: int = 0, basis: int = 0, left: int = 0) -> str:
    """A card `{new}`, good for goods or of so much, which no batch speaks of."""
    return (
        "INSERT INTO cards_card (id, shop_id, program_id, batch_id, serial, state, price_minor, basis_minor,"
        " remaining_minor, code_index, code_key_id, code_blob, activated_at) VALUES ('{new}', '{shop}', '{new2}',"
        f" '{{new2}}', 1, '{state}', {price}, {basis}, {left}, 'x', {SEAL_KEY}, 'x', now())"
    )


def batch_of_cards(state: str, made: int) -> str:
    """A batch `{new}` of one card that is not there."""
    return (
        "INSERT INTO cards_batch (id, shop_id, program_id, name, state, size, made, price_minor, activation,"
        " first_serial, made_by, made_at, asked_by, allowed_by, alone) VALUES ('{new}', '{shop}', '{new2}', 'x',"
        f" '{state}', 1, {made}, 0, 'batch', 1, 'x', now(), '', '', false)"
    )


def entered(
    kind: str, units: int, *, source: str = "x", of: str = "x", order: str = "NULL", entry: str = "{new}"
) -> str:
    """A movement of points in a wallet `{new2}`."""
    return (
        "INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose,"
        f" nature, reason, actor, order_id, at) VALUES ('{entry}', '{{shop}}', '{{new2}}', '{kind}', {units},"
        f" {abs(units)}, 0, '{source}', '{of}', '', 'sale', '', 'x', {order}, now());"
    )


#: Five points that a member `{new}` was given and has spent.
SPENT = (
    "INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)"
    " VALUES ('{new2}', '{shop}', 'points', '{new}', '{new}', 0, 0);" + entered("adjust", 5)
)
REWARDED = (
    "INSERT INTO mall_reward (id, shop_id, sku_id, state, points, cash_minor, currency, taken, period, least_rank,"
    " exclusive, position, words, made_by, made_at) VALUES ('{new}', '{shop}', '{sku}', 'draft', 1, 0, 'CNY', 0,"
    " 'ever', 0, false, 0, '', 'x', now())"
)
DRAWN = (
    "INSERT INTO mall_draw (id, shop_id, name, words, state, cost, per_day, least_rank, starts_at, ends_at, made_by,"
    " made_at) VALUES ('{new}', '{shop}', 'x', '', 'draft', 1, 1, 0, now(), now() + interval '1 day', 'x', now())"
)


def numbered(state: str, *walked: str, told: str = "") -> str:
    """A number `{new}` of a mall's, with the history `walked`; what the mall `told` of it."""
    row = (
        "INSERT INTO partners_spend (id, shop_id, account_id, order_num, kind, state, uid, owner, units, actual_minor,"
        " face_minor, item, goods, description, why, odd, at, ended_at, questions) VALUES ('{new}', '{shop}', '{new2}',"
        f" 'A', 'deduct', '{state}', 'u', '{{new}}', 5, 0, 0, '', '', '', '', '', now(), now(), 0)"
    )
    notice = (
        ";INSERT INTO partners_notice (id, shop_id, account_id, order_num, success, biz_id, message, times, first_at,"
        f" last_at) VALUES ('{{new}}', '{{shop}}', '{{new2}}', 'A', {told}, '', '', 1, now(), now())"
    )
    return row + (moved("partners.spend", "{new}", *walked) if walked else "") + (notice if told else "")


def supplied(state: str, *walked: str, price: str = "NULL") -> str:
    """Goods `{new}` that a mall had us supply, for no number and by no order."""
    row = (
        "INSERT INTO partners_supply (id, shop_id, account_id, spend_id, goods, order_id, state, price_minor,"
        " back_minor, why, at) VALUES ('{new}', '{shop}', '{new2}', '{new2}', 'g', '{new2}',"
        f" '{state}', {price}, 0, '', now())"
    )
    return row + (moved("partners.supply", "{new}", *walked) if walked else "")


def exchanged(state: str, *walked: str, price: str = "NULL") -> str:
    """An exchange `{new}` of a partner's person, which no order and no word speaks of."""
    row = (
        "INSERT INTO partners_exchange (id, shop_id, account_id, order_num, uid, request_key, sku_id, units,"
        " worth_minor, state, asked, biz_id, why, order_id, price_minor, back_minor, back_worth_minor, at) VALUES"
        f" ('{{new}}', '{{shop}}', '{{new2}}', 'M', 'u', 'k', '{{new}}', 5, 5, '{state}', true, 'b', '', '{{new2}}',"
        f" {price}, 0, 0, now())"
    )
    return row + (moved("partners.exchange", "{new}", *walked) if walked else "")


def present(kind: str, state: str = "made", *, history: bool = True) -> str:
    """A gift `{new}` of something `{new2}`."""
    subject = "NULL" if kind == "points" else "'{new2}'"
    link = (SEAL_KEY, "'x'", "NULL") if state == "made" else ("NULL", "NULL", "now()")
    row = (
        "INSERT INTO gifts_gift (id, shop_id, number, kind, state, giver_ref, request_key, subject_id, units, title,"
        " look, secret_hash, secret_key_id, secret_blob, closed_at, made_at, ends_at, taker_ref) VALUES ('{new}',"
        f" '{{shop}}', 'L1', '{kind}', '{state}', 'guest:a', 'x', {subject}, 1, 'x', 'paper', 'x', {', '.join(link)},"
        f" now(), now() + interval '1 day', '{'guest:b' if state == 'opened' else ''}')"
    )
    steps = ("made",) if state == "made" else ("made", state)
    return row + (moved("gifts.gift", "{new}", *steps) if history else "")


DEFERRED = "(SELECT id FROM ledger_account WHERE shop_id = '{shop}' AND code = '2203:subscription')"
PERIOD = "subscription_id = '{subscription}' AND number"
PLANTS: dict[str, str] = {
    "mall_points_are_taken": entered("spend", -5, source="draw"),
    "mall_pieces_are_counted":
        "INSERT INTO mall_tally (shop_id, reward_id, owner, period_key, n)"
        " VALUES ('{shop}', '{new}', '{new2}', 'ever', 1)",
    "mall_redemptions_are_over_with_their_orders":
        SPENT + entered("spend", -5, source="order", order="'{new}'", entry="{new2}")
        + "INSERT INTO mall_redemption (id, shop_id, reward_id, owner, request_key, order_id, state, points, minor,"
        " cash_minor, currency, period_key, at, returned_at) VALUES ('{new}', '{shop}', '{new2}', '{new}', 'x',"
        " '{new}', 'returned', 5, 5, 0, 'CNY', '', now(), now())"
        + moved("mall.redemption", "{new}", "taken", "returned"),
    "mall_prizes_are_counted":
        "INSERT INTO mall_prize (id, shop_id, draw_id, position, name, kind, weight, won, units, consolation)"
        " VALUES ('{new}', '{shop}', '{new2}', 0, 'x', 'nothing', 1, 1, 0, true)",
    "mall_plays_follow_their_roll":
        SPENT + entered("spend", -5, source="draw", of="{new}", entry="{new2}")
        + "INSERT INTO mall_play (id, shop_id, draw_id, owner, request_key, state, day, nth, most, cost, roll, odds,"
        " drawn_id, prize_id, units, minor, back_minor, at) VALUES ('{new}', '{shop}', '{new2}', '{new}', 'x',"
        " 'played', current_date, 1, 1, 5, 0, jsonb_build_array(), '{new2}', '{new2}', 0, 0, 0, now())"
        + moved("mall.play", "{new}", "played"),
    "mall_prizes_are_handed_over": entered("earn", 5, source="prize"),
    "mall_rewards_moved_as_allowed": REWARDED,
    "mall_draws_moved_as_allowed": DRAWN,
    "mall_redemptions_moved_as_allowed": "SELECT 1" + moved("mall.redemption", "{new}", "taken"),
    "mall_plays_moved_as_allowed": "SELECT 1" + moved("mall.play", "{new}", "played"),
    "partners_take_what_they_say": numbered("taken", "asked", "taken"),
    "partners_lists_are_booked":
        "INSERT INTO partners_account (id, shop_id, code, role, name, app_key, secret_key_id, secret_blob, signing,"
        " currency, login_url, deduct_url, notice_url, query_url, ips, value_centi, call_most, day_most, add_call_most,"
        " add_day_most, enabled, made_at, changed_at, changed_by) VALUES ('{new}', '{shop}', 'x', 'developer', 'x', "
        f"'x', {SEAL_KEY}, 'x', 'md5', 'CNY', '', '', '', '', ARRAY[]::text[], 1, 0, 0, 0, 0, false, now(), now(), 'x')"
        ";INSERT INTO partners_movement (id, shop_id, account_id, subject_id, what, cause_id, order_num, units, minor,"
        " at) VALUES ('{new}', '{shop}', '{new}', '{new}', 'taken', '{new}', 'A', 5, 5, now())",
    "partners_fail_for_good": numbered("undone", "asked", "taken", "undone", told="true"),
    "partner_supplies_are_paid_orders": supplied("ordered", "asked", "ordered", price="5"),
    "partner_supplies_moved_as_allowed": supplied("failed"),
    "partner_spends_moved_as_allowed": numbered("refused"),
    "exchanges_moved_as_allowed": exchanged("refused"),
    "partner_words_moved_as_allowed":
        "INSERT INTO partners_word (id, shop_id, account_id, exchange_id, success, state, tries, next_at, made_at)"
        " VALUES ('{new}', '{shop}', '{new2}', '{new2}', true, 'due', 0, now(), now())",
    "exchanges_are_paid_orders": exchanged("ordered", "asked", "taken", "ordered", price="5"),
    "partners_are_told": exchanged("lost", "asked", "lost"),
    "gifts_hold_their_codes": present("codes"),
    "gifts_hold_their_card_or_coupon": present("card"),
    "gifts_hold_their_points": present("points", "opened"),
    "gifts_lie_with_their_taker":
        present("codes", "opened") + ";INSERT INTO gifts_item (id, shop_id, holder_ref, order_id, gift_id, number,"
        " title, units, ends_at, got_at, live) VALUES ('{new}', '{shop}', 'guest:c', '{new2}', '{new}', 'L1', 'x', 1,"
        " now(), now(), true)",
    "gifts_moved_as_allowed": present("coupon", "ended", history=False),
    "given_codes_are_seen_by_their_taker":
        present("codes", "opened") + ";INSERT INTO orders_given (id, shop_id, gift_id, order_id, line_id, code_id,"
        " state, taker, at) SELECT '{new2}', l.shop_id, '{new}', l.order_id, l.id, r.code_id, 'gone', 'gift:L1', now()"
        " FROM delivery_reveal r JOIN orders_line l ON l.id = r.holder_id LIMIT 1",
    "subscriptions_are_owed": tx("sub:x", "{bank}", DEFERRED, kind="sub_day"),
    "subscription_income_is_of_periods":
        f"{account('5001:sub', 'income', -1)};"
        + tx("sub:x", "{bank}", "(SELECT id FROM ledger_account WHERE shop_id = '{shop}' AND code = '5001:sub')"),
    "subscription_periods_paid_once":
        f"UPDATE subscriptions_period SET payment_id = '{{new}}' WHERE {PERIOD} = 2",
    "subscription_refunds_are_noted":
        "INSERT INTO subscriptions_refund (refund_id, shop_id, period_id, deferred_minor, income_minor, reason, actor,"
        " at) VALUES ('{new}', '{shop}', '{new2}', 5, 0, 'x', 'x', now())",
    "subscription_credits_move_on":
        f"UPDATE subscriptions_period SET credit_minor = credit_minor + 1, price_minor = price_minor + 1"
        f" WHERE {PERIOD} = 2;" + tx("sub:x", "{bank}", DEFERRED, amounts=(1, -1)),
    "subscription_periods_do_not_overlap":
        f"UPDATE subscriptions_period SET ends_at = ends_at + interval '1 day' WHERE {PERIOD} = 1",
    "picks_within_their_periods": f"UPDATE subscriptions_period SET picked = 1 WHERE {PERIOD} = 2",
    "subscriptions_end_their_mandates":
        "UPDATE subscriptions_subscription SET state = 'ended', why = 'staff', ended_at = now()"
        " WHERE id = '{subscription}'; INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state,"
        " to_state, actor, cause, at) VALUES ('{shop}', 'subscriptions.subscription', '{subscription}', 1, 'active',"
        " 'ended', 'x', 'x', now())",
    "subscription_plans_moved_as_allowed": "DELETE FROM kernel_history WHERE machine = 'subscriptions.plan'",
    "subscription_subscriptions_moved_as_allowed":
        "UPDATE subscriptions_subscription SET state = 'paused' WHERE id = '{subscription}'",
    "subscription_periods_moved_as_allowed":
        "DELETE FROM kernel_history WHERE machine = 'subscriptions.period' AND to_state = 'due'",
    "subscription_picks_moved_as_allowed": "SELECT 1" + moved("subscriptions.pick", "{new}", "taken"),
    "cards_are_owed": carded(price=5),
    "cards_hold_what_is_left": carded(basis=10, left=4),
    "cards_pay_orders":
        carded("used", basis=5) + ";INSERT INTO cards_use (id, shop_id, card_id, request_key, order_id, payment_id,"
        " state, minor, worth_minor, back_minor, used_at) VALUES ('{new2}', '{shop}', '{new}', 'x', '{new}', '{new}',"
        " 'paid', 5, 0, 0, now())" + moved("cards.use", "{new2}", "paid"),
    "card_batches_are_whole": batch_of_cards("ready", 1) + moved("cards.batch", "{new}", "making", "ready"),
    "card_programs_moved_as_allowed":
        "INSERT INTO cards_program (id, shop_id, name, state, face, skus, value_minor, currency, brand, ink, paper,"
        " words, made_by, made_at) VALUES ('{new}', '{shop}', 'x', 'draft', 'value', ARRAY[]::uuid[], 1, 'CNY', 'x',"
        " '#000000', '#ffffff', '', 'x', now())",
    "card_batches_moved_as_allowed": batch_of_cards("making", 0),
    "card_walks_moved_as_allowed":
        "INSERT INTO cards_walk (id, shop_id, batch_id, kind, state, first_serial, last_serial, next_serial, moved,"
        " reason, kept, asked_by, asked_at, allowed_by, alone) VALUES ('{new}', '{shop}', '{new2}', 'activate',"
        " 'asked', 1, 1, 1, 0, '', false, 'x', now(), '', false)",
    "card_uses_moved_as_allowed": "SELECT 1" + moved("cards.use", "{new}", "paid"),
    "welfare_prepaid_is_booked":
        "INSERT INTO welfare_prepayment (id, shop_id, company_id, minor, currency, bank, reference, paid_on, actor, at)"
        " VALUES ('{new}', '{shop}', '{new2}', 5, 'CNY', 'x', 'x', current_date, 'x', now())",
    "welfare_grants_are_held":
        "INSERT INTO welfare_grant (id, shop_id, company_id, kind, name, state, request_key, content_hash, ends_at,"
        " lines, total_minor, walked, given, given_minor, passed_minor, faults, fault_count, made_by, made_at,"
        " agreed_by) VALUES ('{new}', '{shop}', '{new2}', 'file', 'x', 'draft', 'x', '', now(), 1, 5, 0, 0, 0, 0,"
        " '[]', 0, 'x', now(), '')" + moved("welfare.grant", "{new}", "draft"),
    "welfare_uses_are_spent":
        "INSERT INTO welfare_use (id, shop_id, company_id, employee_id, order_id, request_key, units, minor, back,"
        " department, at) VALUES ('{new}', '{shop}', '{new2}', '{new2}', '{delivered}', 'x', 5, 5, 0, '', now())",
    "welfare_budgets_are_guarded":
        "INSERT INTO welfare_company (id, shop_id, code, name, state, currency, domains, categories, skus, markup_bp,"
        " made_by, made_at) VALUES ('{new}', '{shop}', 'x', 'x', 'on', 'CNY', ARRAY[]::varchar[], ARRAY[]::uuid[],"
        " ARRAY[]::uuid[], 0, 'x', now())" + moved("welfare.company", "{new}", "on"),
    "welfare_companies_moved_as_allowed": "SELECT 1" + moved("welfare.company", "{new}", "on"),
    "welfare_people_moved_as_allowed": "SELECT 1" + moved("welfare.person", "{new}", "active"),
    "welfare_employees_moved_as_allowed": "SELECT 1" + moved("welfare.employee", "{new}", "invited"),
    "welfare_grants_moved_as_allowed": "SELECT 1" + moved("welfare.grant", "{new}", "draft"),
    "welfare_invoices_moved_as_allowed": "SELECT 1" + moved("welfare.invoice", "{new}", "asked"),
    "promotions_bundles_sell_by_a_revision": bundled(number=2),
    "promotions_bundle_histories": bundled(history=False),
    "groups_are_persons_who_paid": grouped("formed", "starting", "open", "formed", persons=2),
    "groups_decide_their_places": "SELECT 1" + placed("refunded", "waiting", "joined", "lost"),
    "groups_end_in_time": grouped("open", "starting", "open", expires="now() - interval '10 minutes'"),
    "groups_moved_as_allowed": grouped("starting"),
    "places_moved_as_allowed": grouped("failed", "starting", "open", "failed", persons=1) + placed("refunded"),
    "group_orders_end_one_way":
        grouped("failed", "starting", "open", "failed", persons=1)
        + placed("delivered", "waiting", "joined", "lost", hold=False),
    "bargains_add_up": bargained("open", cut=1),
    "bargains_moved_as_allowed": bargained(),
    "promotions_shards_are_their_quota":
        "INSERT INTO promotions_quota (id, shop_id, campaign_id, entity, counts, key, bucket, total) VALUES ('{new}',"
        " '{shop}', '{new2}', 'campaign', 'uses', '', '', 5);"
        "INSERT INTO promotions_shard (shop_id, quota_id, shard, free) VALUES ('{shop}', '{new}', 0, 4)",
    "promotions_counters_are_their_takings": f"{holding()};{taken(1, counted=2)}",
    "promotions_names_within_limits": f"{holding()};{taken(2)}",
    "promotions_takings_have_their_holding": taken(1),
    "promotions_orders_hold_once": f"{holding()};{holding(2)}",
    "promotions_coupons_count_once": holding(coupons="ARRAY['{new}'::uuid]"),
    "promotions_packs_give_what_they_hold":
        "INSERT INTO promotions_pack (id, shop_id, name, batches, newcomers, by_device, by_phone, starts_at, ends_at,"
        " made_by, made_at) VALUES ('{new2}', '{shop}', 'x', ARRAY['{new}'::uuid], true, true, false, now(),"
        " now() + interval '1 day', 'x', now());"
        "INSERT INTO promotions_pack_claim (id, shop_id, pack_id, buyer_ref, coupons, at) VALUES ('{new}', '{shop}',"
        " '{new2}', 'guest:x', ARRAY['{new}'::uuid], now())",
    "promotions_revisions_in_force_approved": campaigned("running"),
    "promotions_revisions_are_whole": campaigned(latest=2),
    "promotions_campaigns_by_the_clock":
        f"{campaigned('running')};"
        "UPDATE promotions_campaign SET ends_at = now() - interval '1 hour', starts_at = now() - interval '2 hours'"
        " WHERE id = '{new}';"
        "UPDATE promotions_revision SET approved_by = 'y', approved_at = now() WHERE id = '{new2}'",
    "promotions_campaigns_moved_as_allowed": campaigned(history=False),
    "promotions_batches_moved_as_allowed":
        "INSERT INTO promotions_batch (id, shop_id, campaign_id, kind, name, state, wanted, made, each, giftable,"
        " listed, made_by, made_at, asked_by, allowed_by, alone) VALUES ('{new}', '{shop}', '{new2}', 'claim', 'x',"
        " 'made', 1, 0, 1, false, false, 'x', now(), '', '', false)",
    "invoices_are_their_lines": invoiced("requested", stands=0),
    "invoices_are_taken_back_by_red_letters": invoiced("requested", "failed", kind="red"),
    "invoices_say_no_more_than_was_paid": f"{sold()};" + invoiced("requested", amount=1001, stands=1001),
    "refunds_have_red_letters": f"{GAVE_BACK};" + invoiced("requested", "issued"),
    "invoices_moved_as_allowed": f"{sold()};" + invoiced("issued"),
    "finance_deliveries_have_their_rules": READ,
    "finance_refunds_are_shared": sold(refunded=1),
    "finance_shares_are_booked": shared(0),
    "finance_shares_within_the_price": f"{sold()};{shared(5)}",
    "finance_vat_is_booked": sold(vat=1),
    "finance_profit_is_postings":
        f"{READ};{ANSWERED};"
        "INSERT INTO finance_order (order_id, shop_id, number, currency, stage, channel, revenue_minor, discount_minor,"
        " cost_minor, fee_minor, share_minor, marketing_minor, compensation_minor, recovery_minor, other_minor,"
        " tax_minor, profit_minor, estimate_minor, estimate, changed_at) VALUES ('{delivered}', '{shop}', 'x', 'CNY',"
        " 'delivered', '', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, jsonb_build_object(), now())",
    "finance_fees_add_up":
        "INSERT INTO finance_fee_bill (bill_id, shop_id, provider, account_code, day, currency, exact, amount_minor,"
        " lines, started_at) VALUES ('{new}', '{shop}', 'sandbox', 'till', now()::date, 'CNY', 0.01, 1, 1, now())",
    "finance_errands_get_on":
        "INSERT INTO finance_stuck_errand (subject_id, shop_id, kind, problem, tries, since, next_at) VALUES ('{new}',"
        " '{shop}', 'bill', 'ValueError', 9, now() - interval '2 hours', now())",
    "finance_splits_are_counted_once":
        f"{READ};{ANSWERED};{account(SHARED, 'liability', -1)};"
        + tx("bysplit:x", SHARED_ID, "{bank}", kind="finance.split_paid", order="'{delivered}'"),
    "finance_nothing_is_stuck":
        "INSERT INTO finance_stuck (order_id, shop_id, problem, tries, since, next_at) VALUES ('{delivered}', '{shop}',"
        " 'ValueError', 9, now() - interval '2 hours', now())",
    "recon_rows_have_one_twin":
        recon_rows(5, 5, 5) + recon_run("{new}", 2) + "; " + recon_run("{new2}", 3, day=1),
    "recon_matches_agree": recon_rows(5, 6) + recon_run("{new}", 2),
    "recon_runs_count_their_matches": recon_run("{new}", says=1),
    "recon_differences_have_their_case":
        "INSERT INTO recon_break (id, shop_id, run_id, category, business_key, risk_minor, detail) VALUES ('{new}',"
        " '{shop}', '{new2}', 'C1', 'k', 1, jsonb_build_object())",
    "recon_actions_are_carried_out": recon_case("now() - interval '2 hours'"),
    "recon_closed_days_stand":
        recon_run("{new}") + "; INSERT INTO recon_day (shop_id, day, closed_at, closed_by, sheet) VALUES ('{shop}',"
        " current_date, now() - interval '1 hour', 'x', jsonb_build_object())",
    "recon_cases_moved_as_allowed": recon_case("now()", history=False),
    "insights_figures_are_the_books": summed("dmt", 1),
    "insights_grains_agree": summed("m", 0),
    "insights_cohorts_are_their_buyers":
        "INSERT INTO insights_cohort (shop_id, currency, cohort, month, buyers, orders, paid_minor)"
        " VALUES ('{shop}', 'CNY', '2020-01-01', '2020-01-01', 1, 1, 1)",
    "insights_reports_moved_as_allowed":
        "INSERT INTO insights_report (id, shop_id, name, spec, rhythm, at_hour, weekday, day, staff_ids, state, due_at,"
        " made_by, made_at) VALUES ('{new}', '{shop}', 'x', jsonb_build_object(), 'never', 8, 0, 1, ARRAY[]::uuid[],"
        " 'live', NULL, 'x', now())",
    "risk_rules_count_by_approval": ruled("live", history=("draft", "shadow", "live")),
    "risk_rules_have_their_versions": ruled("draft", latest=2, history=("draft",)),
    "risk_rules_moved_as_allowed": ruled("draft"),
    "risk_hard_blocks_by_approval":
        "INSERT INTO risk_list_entry (id, shop_id, kind, name, type, key, label, value_key_id, value_blob, reason,"
        " owner, state, made_by, made_at, expires_at, proposal_id, removal_id, removed_by, removed_at) VALUES ('{new}',"
        " '{shop}', 'block_hard', '', 'buyer', 7, 'x', NULL, NULL, 'x', '', 'active', 'x', now(), NULL, '{new2}', NULL,"
        " '', NULL)",
    "risk_trainings_moved_as_allowed": TRAINED,
    "console_wishes_moved_as_allowed": WISHED,
    "risk_reviews_end_in_time": reviewed("- interval '1 hour'"),
    "risk_reviews_moved_as_allowed": reviewed("+ interval '1 hour'", history=False),
    "risk_backtests_moved_as_allowed":
        "INSERT INTO risk_backtest (id, shop_id, rule_id, code, latest, says, digest, since, until, as_of, edges, done,"
        " sums, spots, examples, state, problem, made_by, made_at, ended_at) VALUES ('{new}', '{shop}', NULL, '', 0,"
        " jsonb_build_object(), 'x', now() - interval '1 day', now(), now(), jsonb_build_array(), 0,"
        " jsonb_build_array(), jsonb_build_array(), jsonb_build_array(), 'running', '', 'x', now(), NULL)",
    "risk_decisions_have_their_event": judged(event="{new2}"),
    "risk_attempts_name_their_decision":
        "INSERT INTO risk_event (shop_id, at, scene, result, amount_minor) VALUES ('{shop}', now(), 5, 0, 0)",
    "risk_one_decision_an_attempt": judged(of=2),
    "risk_failing_allows_nobody":
        "ALTER TABLE risk_decision DROP CONSTRAINT risk_decision_failing;"
        + judged(failed="ARRAY['rules']", outcome="allow"),
    "aftersales_cases_agree_with_claims":
        f"{claimed('delivered', 'open', 'live')};"
        + cased("closed", "checking", "closed", action="reject", by="system", decided="now()", decisions=1),
    "aftersales_decisions_are_written":
        f"{claimed('delivered', 'withdrawn', 'none')};"
        + cased("closed", "checking", "closed", by="system", decided="now()"),
    "aftersales_one_remedy_a_case":
        f"{claimed('delivered', 'open', 'live')};"
        + cased("carrying", "checking", "carrying", action="refund", by="system", decided="now()", decisions=2),
    "aftersales_clocks_are_watched":
        f"{claimed('delivered', 'open', 'live')};"
        + cased("person", "checking", "person", answered="NULL", answer_by="now() - interval '3 minutes'"),
    "aftersales_steps_are_taken":
        f"{claimed('delivered', 'open', 'live')};" + cased("checking", "checking", next_at="NULL"),
    "aftersales_cases_moved_as_allowed":
        f"{claimed('delivered', 'open', 'live')};" + cased("person"),
    "settlement_items_are_postings":
        ITEM.replace("{on}", "NULL") + "(SELECT 0 AS tx_id, 1 AS seq, -5 AS amount_minor) p",
    "settlement_statements_are_whole": settled("rejected", "draft", "rejected"),
    "settlement_statements_are_booked":
        f"{account('2202:supplier:x:statement:s-1', 'liability', -1)};"
        + tx("stmt:{new}", "{bank}", "(SELECT id FROM ledger_account WHERE shop_id = '{shop}'"
             " AND code = '2202:supplier:x:statement:s-1')"),
    "settlement_payouts_fit_their_statements": paid_out("created", "failed"),
    "settlement_approved_by_enough": settled("closed", "draft", "confirmed", "approved", "closed"),
    "settlement_statements_moved_as_allowed": settled("draft"),
    "settlement_payouts_moved_as_allowed":
        f"{tx('payout:x.1', '{bank}', '{bank}')};{tx('payout:x.1:failed', '{bank}', '{bank}')};{paid_out()}",
    "grants_are_booked": granted("owed"),
    "grants_moved_as_allowed":
        f"{account('2205:compensation', 'liability', -1)};"
        + tx("comp:{new}", "{bank}", "(SELECT id FROM ledger_account WHERE shop_id = '{shop}'"
             " AND code = '2205:compensation')") + f";{granted()}",
    "compensation_days_keep_their_cap":
        "INSERT INTO aftersales_grant_day (shop_id, day, currency, minor, cap_minor, given_minor)"
        " VALUES ('{shop}', date '2026-01-01', 'CNY', 5, 9, 5)",
    "reserve_adds_up":
        "INSERT INTO aftersales_reserve_day (shop_id, day, currency, pool, sales_minor, basis_points, accrued_minor,"
        " at) VALUES ('{shop}', date '2026-01-01', 'CNY', 'main', 100, 100, 1, now())",
    "recoveries_are_booked": recovered("due", "due"),
    "recoveries_moved_as_allowed": recovered("written_off"),
    "codes_are_recovered_once":
        f"{recovered('written_off', 'due', 'written_off')};"
        + recovered("written_off", "due", "written_off", recovery="{new2}"),
    "referral_rewards_are_booked": referred("pending", "approved"),
    "referral_debts_are_booked":
        "INSERT INTO referrals_debt (shop_id, buyer, currency, minor) VALUES ('{shop}', '{new}', 'CNY', 5)",
    "referral_orders_earn_for_their_own_friend":
        f"{referred('pending')};" + referred("pending", reward="{new2}", beneficiary="{new}"),
    "referral_months_keep_their_cap":
        f"{referred('pending')}; INSERT INTO referrals_period (shop_id, beneficiary, period, used, most, given)"
        " SELECT id, '{new2}', to_char(now() AT TIME ZONE timezone, 'YYYY-MM'), 1, 9, 1 FROM identity_shop"
        " WHERE id = '{shop}'",
    "referral_reviews_take_two": looked_at("done", "waiting", "taken", "done"),
    "referral_rewards_moved_as_allowed": referred(),
    "referral_reviews_moved_as_allowed": looked_at("waiting"),
    "points_lots_are_the_balance":
        "INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)"
        " VALUES ('{new}', '{shop}', 'points', '{new}', '{new2}', 5, 0)",
    "points_lots_are_allocated": held(left=4),
    "points_owed_are_booked": held(minor=3),
    "points_of_tasks_are_given":
        "INSERT INTO loyalty_task_reward (shop_id, owner, task, period, kind, units, minor, need, least_minor, mark,"
        " at) VALUES ('{shop}', '{new}', 'a', 'once', 'first', 5, 0, 1, 0, '', now())",
    "points_of_presents_are_given":
        "INSERT INTO loyalty_benefit (shop_id, owner, kind, period, rank, units, at)"
        " VALUES ('{shop}', '{new}', 'monthly', '2026-11', 1, 5, now())",
    "pulled_batches_are_off_sale":
        "INSERT INTO aftersales_batch_watch (shop_id, batch_id, sku_id, bad, sold, seen_at, pulled_at, pulled_by,"
        " lifted_at, lifted_by, lifted_bad) SELECT shop_id, batch_id, sku_id, 1, 1, now(), now(), 'system', NULL, '', 0"
        " FROM vault_lot WHERE sku_id = '{sku}' AND state = 'open' LIMIT 1",
    "recalls_reach_their_holders":
        "INSERT INTO aftersales_recall (id, shop_id, batch_id, started_by, at, orders, codes)"
        " VALUES ('{new}', '{shop}', '{new2}', 'x', now(), 1, 1)",
    "nothing_is_bought_after_a_refund": wanted("open", order="{refunded}"),
    "topped_up_lines_have_their_units": "UPDATE orders_line SET kind = 'direct', topped = 1 WHERE id = '{line}'",
    "top_ups_were_bought":
        "INSERT INTO delivery_top_up (id, shop_id, holder_id, number, supplier, ref, units, message, done_at, noted_at)"
        " VALUES ('{new}', '{shop}', '{line}', '1', 'x', '', 1, '', now(), now())",
    "supply_wants_equal_attempts": wanted("open", way=1),
    "supply_one_in_flight":
        "DROP INDEX supply_attempt_one_in_flight;" + wanted("open", quantity=2, way=2) + bought("sending")
        + bought("sending", attempt="{sku2}", number="2"),
    "supply_wants_in_time": wanted("open", deadline="now() - interval '6 minutes'"),
    "supply_purchases_are_asked_about":
        wanted("open", way=1) + bought("sending", "accepted", next_at="NULL"),
    "supply_codes_counted": wanted("open", "supplied", there=1) + bought("sending", "delivered", got=1, next_at="NULL"),
    "supply_holds_end_with_purchases": wanted("open") + bought("sending", "rejected", hold="1", next_at="NULL"),
    "supply_refunds_are_found":
        wanted("open") + bought("sending", "rejected", next_at="NULL")
        + "; UPDATE supply_attempt SET refunded = 1 WHERE number = '1'",
    "supply_surprises_add_up":
        "INSERT INTO supply_supplier (id, shop_id, code, name, protocol, currency, config, hook, enabled, rate, cycle,"
        " cutoff_minute, tax_class, replaceable, contact, credit, priority, created_at) VALUES ('{new}', '{shop}', 'x',"
        " 'x', 'x', 'CNY', jsonb_build_object(), 'x', false, 1, 'monthly', 0, '', false, '', 0, 100, now());"
        " INSERT INTO supply_day (shop_id, day, key, used) VALUES ('{shop}', date '2026-01-01', '{new}', 1)",
    "supply_balance_days_follow":
        "INSERT INTO supply_balance_day (supplier_id, day, shop_id, opening, top_ups, corrections, charges, refunds,"
        " expected, said, under_way, under_way_count, state, candidates, total_top_ups, total_corrections,"
        " total_charges, total_refunds, sampled_at) SELECT '{new}', date '2026-01-01' + n, '{shop}', n, 0, 0, 0, 0,"
        " n, n, 0, 0, 'even', jsonb_build_array(), 0, 0, 0, 0, now() FROM generate_series(0, 1) AS n",
    "supply_inquiries_answered": inquired("complain", "due"),
    "supply_inquiries_as_allowed": inquired("complain", "due", next_at="now()", history=False),
    "supply_codes_voided_once":
        "DROP INDEX supply_inquiry_voided_once;"
        "INSERT INTO supply_code (code_id, shop_id, attempt_id, supplier_id, code_ref, voidable, at)"
        " VALUES ('{line}', '{shop}', '{new2}', '{new}', '', true, now());"
        + inquired("void", "due", "sent", "done", code="'{line}'", said="voided") + ";"
        + inquired("void", "due", "sent", "done", code="'{line}'", said="voided", inquiry="{staff}", number=2),
    "supply_complaints_within_prices":
        wanted("open") + bought("sending", "rejected", next_at="NULL") + ";"
        + inquired("complain", "due", "sent", "done", said="upheld", amount="1"),
    "supply_wants_moved_as_allowed": wanted(),
    "supply_purchases_moved_as_allowed": wanted("open", way=1) + bought("sending", "accepted", history=False),
    "supply_price_moves_as_allowed": """
        INSERT INTO supply_price_move (id, shop_id, sku_id, what, state, held_by, old_minor, new_minor, currency, rule,
            at, decided_by)
        VALUES ('{new}', '{shop}', '{sku}', 'price', 'waiting', '', 1, 2, 'CNY', jsonb_build_object(), now(), '')""",
    "supply_trials_moved_as_allowed": """
        INSERT INTO supply_trial (id, shop_id, actor, draft, since, until, total, cut, done, after, sums, state,
            problem, created_at)
        VALUES ('{new}', '{shop}', 'x', jsonb_build_object(), now(), now(), 0, false, 0, '{new}', jsonb_build_object(),
                'running', '', now())""",
    "audit_head_signed": CUT.format(lines=1),
    "audit_lines_sealed":
        "INSERT INTO kernel_audit (xid, shop_id, actor, action, subject_type, subject_id, data, at) VALUES"
        f" ({PAST_XID}, '{{shop}}', 'x', 'x', 'x', 'x', jsonb_build_object(), now() - interval '11 minutes')",
    "events_told":
        "INSERT INTO kernel_event (xid, shop_id, name, version, payload, occurred_at) VALUES"
        f" ({PAST_XID}, '{{shop}}', 'x.y', 1, jsonb_build_object(), now() - interval '6 minutes')",
    "event_handlers_succeed":
        "INSERT INTO kernel_event_retry (handler, event_xid, event_id, attempts, next_try_at, error)"
        " SELECT 'orders.on_batch_activated', xid, id, 11, now(), 'X' FROM kernel_event LIMIT 1",
    "places_in_this_cluster": "UPDATE kernel_event_cursor SET upto_xid = '9000000000000'",
    "sealed_keys_exist": "UPDATE vault_code SET key_id = 32000 WHERE id = {free}",
    "audit_chain_unbroken": "UPDATE kernel_audit SET actor = 'nobody' WHERE id = (SELECT min(id) FROM kernel_audit)",
    "identity.signin_link_used_by_its_shop":
        "INSERT INTO identity_signin_link (id, shop_id, staff_id, token_hash, created_at, expires_at)"
        " VALUES ('{new}', '{shop}', '{staff}', sha256('x'), now(), now() + interval '1 hour')",
    "identity.shop_keeps_an_owner": "UPDATE identity_staff SET active = false WHERE id = '{staff}'",
    "identity.erased_buyer_leaves_nothing":
        "INSERT INTO identity_buyer (id, shop_id, state, name, locale, password, created_at, erase_at, erased_at)"
        " VALUES ('{new}', '{shop}', 'erased', '', '', '', now(), now(), now());"
        "INSERT INTO identity_buyer_notice (id, shop_id, buyer_id, kind, data, at)"
        " VALUES ('{new}', '{shop}', '{new}', 'x', jsonb_build_object(), now())",
    "identity.buyer_erased_in_time":
        "INSERT INTO identity_buyer (id, shop_id, state, name, locale, password, created_at, erase_at)"
        " VALUES ('{new}', '{shop}', 'closing', '', '', '', now(), now() - interval '2 days')",
    "identity.ways_in_belong_to_a_buyer_of_the_shop":
        "INSERT INTO identity_buyer_link (id, shop_id, buyer_id, provider, subject_index, created_at)"
        " VALUES ('{new}', '{shop}', '{new}', 'weixin', sha256('x'), now())",
    "ledger.balanced": tx("odd", "{bank}", "{sales}", amounts=(5, -4)),
    "ledger.postings_fit": tx("dated", "{bank}", "{sales}", dated="1"),
    "ledger.guarded_balances":
        "UPDATE ledger_balance SET posted_minor = posted_minor + 1 WHERE slice = 0 AND shop_id = '{shop}'",
    "ledger.rollup":
        "UPDATE ledger_rollup SET amount_minor = amount_minor + 1 WHERE account_id = {sales} AND layer = 0",
    "ledger.daily":
        "UPDATE ledger_daily SET closing_minor = closing_minor + 1 WHERE account_id = {sales}",
    "ledger.seal": "UPDATE ledger_seal SET sealed_at = sealed_at + interval '1 second' WHERE shop_id = '{shop}'",
    "ledger.chart":
        "INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at)"
        " VALUES ('{shop}', '0000:nowhere', 'asset', 1, 'CNY', false, 1, now())",
    "ledger.undone_once": tx("undo", "{bank}", "{sales}", reverses="{tx}"),
    "ledger.holds": tx("held", "{bank}", "{sales}", layer=1, recorded="now() - interval '2 days'"),
    "ledger.periods": tx("back", "{bank}", "{sales}", at="'{closed}'::timestamptz"),
    "ledger.transaction_ids": tx("future", "{bank}", "{sales}", xid="'9000000000000'::xid8"),
    "vault.code_in_one_state":
        "ALTER TABLE vault_code DROP CONSTRAINT vault_code_holder;"
        "UPDATE vault_code SET holder_id = '{new}' WHERE id = {free}",
    "vault.sold_once":
        "ALTER TABLE vault_code DROP CONSTRAINT vault_code_once;"
        "UPDATE vault_code SET fingerprint = (SELECT fingerprint FROM vault_code WHERE state = 2 LIMIT 1)"
        " WHERE id = {free}",
    "vault.lot_counts_equal_rows": BOTH_COUNTS.format(change="free = free + 1"),
    "vault.stock_counts_equal_lots": "UPDATE vault_stock SET free = free + 1 WHERE sku_id = '{sku}'",
    "vault.lot_is_whole":
        "UPDATE vault_lot SET loaded = loaded + 1 WHERE sku_id = '{sku}';"
        "UPDATE vault_batch SET accepted = accepted + 1, lines_done = lines_done + 1 WHERE sku_id = '{sku}'",
    "vault.batch_counts_equal_lots":
        "UPDATE vault_batch SET accepted = accepted + 1, lines_done = lines_done + 1 WHERE sku_id = '{sku}'",
    "vault.reservation_in_time":
        "UPDATE vault_code SET reserved_until = now() - interval '1 hour'"
        " WHERE id = (SELECT id FROM vault_code WHERE state = 1 LIMIT 1)",
    "vault.staged_codes_are_free":
        "UPDATE vault_lot SET state = 'staged' WHERE sku_id = '{sku}';"
        "UPDATE vault_batch SET state = 'staging', activated_at = NULL WHERE sku_id = '{sku}'",
    "vault.code_belongs_to_its_lot": "UPDATE vault_code SET sku_id = '{sku2}' WHERE id = {free}",
    "vault.drained_lots_are_empty": "UPDATE vault_lot SET state = 'drained' WHERE sku_id = '{sku}'",
    "payment_facts_applied_once": "UPDATE payments_fact SET outcome = 'mismatch' WHERE payment_id = '{payment}'",
    "payment_facts_not_forgotten": FACT,
    "one_payment_settles":
        "UPDATE payments_payment SET settles = NULL, succeeded_at = now() - interval '1 hour' WHERE id = '{payment}'",
    "refunds_equal_what_was_reserved":
        "UPDATE payments_payment SET refunded_minor = refunded_minor + 1 WHERE id = '{payment}'",
    "ledger_equals_payments": tx("pay:nobody", "{bank}", "{sales}", kind="payment"),
    "sold_codes_belong_to_one_paid_line":
        "UPDATE vault_code SET state = 2, holder_id = '{new}', sold_at = now() WHERE id = {free};"
        + BOTH_COUNTS.format(change="free = free - 1, sold = sold + 1"),
    "delivered_lines_have_their_quantity":
        "UPDATE orders_line SET quantity = 1, unit_price_minor = unit_price_minor * 2 WHERE id = '{line}'",
    "placed_lines_hold_their_reservation":
        "UPDATE orders_line SET quantity = 1, unit_price_minor = unit_price_minor * 2 WHERE order_id = '{placed}'",
    "demo_codes_are_of_their_shop":
        "INSERT INTO demo_mark (id, shop_id, key, subject_id, live)"
        " VALUES ('{new}', '{shop}', 'codes:x', '{new2}', true)",
    "demo_run_history_leads_to_its_state":
        "INSERT INTO demo_run (id, shop_id, kind, state, actor, total, \"left\", kept, created_at)"
        " VALUES ('{new}', '{shop}', 'fill', 'running', 'x', 1, 1, ARRAY[]::varchar[], now())",
    "refunded_parts_are_noted":
        "UPDATE payments_refund SET finished_at = finished_at - interval '2 minutes' WHERE amount_minor = 1;"
        "UPDATE orders_order SET refunded_minor = 0 WHERE id = '{parted}'",
    "shares_equal_what_was_reserved":
        "INSERT INTO payments_pot (payment_id, shop_id, account_id, provider, account_code, frozen_minor, cap_minor,"
        " shared_minor, currency, state, tries, release_by, created_at, released_at) VALUES ('{new}', '{shop}',"
        " '{account}', 'wechat', 'wx', 9, 9, 5, 'CNY', 'released', 1, now() + interval '1 day', now(), now())",
    "ledger_equals_splits":
        "INSERT INTO payments_pot (payment_id, shop_id, account_id, provider, account_code, frozen_minor, cap_minor,"
        " shared_minor, currency, state, tries, release_by, created_at, released_at) VALUES ('{new}', '{shop}',"
        " '{account}', 'wechat', 'wx', 9, 9, 5, 'CNY', 'released', 1, now() + interval '1 day', now(), now());"
        "INSERT INTO payments_split_share (id, shop_id, split_id, payment_id, receiver_id, amount_minor,"
        " returned_minor, asked_minor, currency, state, code, channel_ref) VALUES ('{new2}', '{shop}', '{new}',"
        " '{new}', '{new}', 5, 0, 0, 'CNY', 'succeeded', '', '')",
    "charges_end_as_their_payments": BY_MANDATE,
    "charges_within_their_mandates":
        f"{BY_MANDATE};{charged('succeeded', mandate='{new}')}" + moved(*CHARGED, "succeeded"),
    "charges_not_forgotten":
        f"{MANDATE};INSERT INTO payments_payment SELECT (json_populate_record(p, json_build_object('id', '{{other}}',"
        " 'number', 'PFORGOTTEN', 'method', 'mandate', 'state', 'created', 'settles', null, 'captured_minor', 0,"
        " 'refunded_minor', 0, 'succeeded_at', null, 'next_poll_at', null, 'source_id', '{new2}'))).*"
        " FROM payments_payment p WHERE id = '{payment}'" + moved("payments.payment", "{other}", "created")
        + ";" + charged("requested", payment="{other}", ended="NULL") + moved(*CHARGED),
    "mandate_history_leads_to_its_state": MANDATE.partition(";")[0],
    "charge_history_leads_to_its_state": f"{MANDATE};{BY_MANDATE};{charged('succeeded')}",
    "frozen_money_is_in_pots":
        "INSERT INTO payments_pot (payment_id, shop_id, account_id, provider, account_code, frozen_minor, cap_minor,"
        " shared_minor, currency, state, tries, release_by, created_at, released_at) VALUES ('{new}', '{shop}',"
        " '{account}', 'wechat', 'wx', 9, 9, 0, 'CNY', 'frozen', 0, now() + interval '1 day', now(), NULL)",
    "frozen_money_is_shared_out_in_time":
        "INSERT INTO payments_pot (payment_id, shop_id, account_id, provider, account_code, frozen_minor, cap_minor,"
        " shared_minor, currency, state, tries, release_by, created_at, released_at) VALUES ('{new}', '{shop}',"
        " '{account}', 'wechat', 'wx', 0, 0, 0, 'CNY', 'frozen', 0, now() - interval '3 days', now(), NULL)",
    "split_history_leads_to_its_state":
        "INSERT INTO payments_split (id, shop_id, payment_id, number, state, channel_ref, failure, attempts,"
        " created_at, base_minor, refunds) VALUES ('{new}', '{shop}', '{new}', 'S1', 'created', '', '', 0, now(), 1,"
        " '[]')",
    "return_history_leads_to_its_state":
        "INSERT INTO payments_split_return (id, shop_id, payment_id, share_id, number, state, channel_ref, failure,"
        " attempts, created_at, finished_at, amount_minor, currency) VALUES ('{new}', '{shop}', '{new}', '{new}', 'B1',"
        " 'failed', '', '', 1, now(), now(), 1, 'CNY')",
    "refund_days_are_their_refunds":
        "UPDATE orders_refund_day SET minor = minor - 1 WHERE kind = 'staff' AND actor = ''",
    "open_claims_belong_to_delivered_orders": claimed("shown", "open", "live"),
    "claim_units_agree_with_their_claim": claimed("delivered", "withdrawn", "live"),
    "refunded_claims_have_their_money": claimed("delivered", "refunded", "none"),
    "one_remedy_a_code":
        "UPDATE vault_code SET state = 3 WHERE holder_id = (SELECT id FROM orders_line WHERE order_id = '{shown}');"
        "INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, sold, quarantined)"
        " SELECT c.shop_id, c.sku_id, c.lot_id, -1, 1 FROM vault_code c JOIN orders_line l ON l.id = c.holder_id"
        " WHERE l.order_id = '{shown}';"
        "DROP INDEX orders_claim_unit_one_remedy;"
        f"{claimed('shown', 'refunded', 'refunded')};{claimed('shown', 'refunded', 'refunded', claim='{new2}')}",
    "remedied_codes_are_set_aside": claimed("shown", "refunded", "refunded"),
    "claimed_codes_are_with_their_line": claimed("delivered", "open", "live", code="{free}"),
    "replacements_end": claimed("delivered", "replacing", "live"),
    "claim_history_leads_to_its_state": claimed("delivered", "withdrawn", "none", steps=("open",)),
    "paid_orders_end_in_time":
        "UPDATE orders_order SET state = 'refunding', refunded_minor = 0, refunded_at = NULL,"
        " deliver_by = now() - interval '2 hours' WHERE id = '{refunded}';"
        "DELETE FROM kernel_history WHERE subject_id = '{refunded}' AND to_state = 'refunded'",
    "held_orders_keep_code_and_money":
        "INSERT INTO orders_hold (order_id, shop_id, decision_id, then_do, review, reasons, for_seconds, until,"
        " made_at, made_by, state, ended_at, ended_by, cause) VALUES ('{delivered}', '{shop}', NULL, 'release', false,"
        f" '{{{{}}}}', 60, NULL, now(), 'x', 'held', NULL, '', ''){moved('orders.hold', '{delivered}', 'held')}",
    "holds_end_in_time": "UPDATE orders_hold SET until = now() - interval '10 minutes' WHERE order_id = '{held}'",
    "ended_holds_lead_on":
        "UPDATE orders_hold SET state = 'released', ended_at = now(), ended_by = 'x', cause = 'x'"
        " WHERE order_id = '{held}';"
        "INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)"
        " VALUES ('{shop}', 'orders.hold', '{held}', 1, 'held', 'released', 'x', 'x', now())",
    "hold_history_leads_to_its_state":
        "DELETE FROM kernel_history WHERE subject_id = '{held}' AND machine = 'orders.hold'",
    "unpaid_orders_end_in_time":
        "UPDATE orders_order SET pay_by = now() - interval '10 minutes' WHERE id = '{placed}'",
    "order_totals_equal_their_lines":
        "UPDATE orders_line SET unit_price_minor = unit_price_minor + 1 WHERE id = '{line}'",
    "order_discounts_are_their_shares":
        "INSERT INTO orders_discount (id, shop_id, order_id, line_id, campaign_id, revision_id, minor, units, loss)"
        " SELECT '{new}', '{shop}', '{placed}', id, '{new2}', '{new2}', 5, 0, 0 FROM orders_line"
        " WHERE order_id = '{placed}'",
    "order_discounts_are_booked":
        "UPDATE orders_line SET unit_price_minor = unit_price_minor + 1, discount_minor = quantity WHERE id = '{line}';"
        "UPDATE orders_order SET discount_minor = (SELECT quantity FROM orders_line WHERE id = '{line}')"
        " WHERE id = '{delivered}';"
        "INSERT INTO orders_discount (id, shop_id, order_id, line_id, campaign_id, revision_id, minor, units, loss)"
        " SELECT '{new}', '{shop}', '{delivered}', id, '{new2}', '{new2}', quantity, 0, 0 FROM orders_line"
        " WHERE id = '{line}'",
    "order_credits_are_booked":
        "INSERT INTO orders_credit_part (order_id, shop_id, kind, minor, made_at)"
        " VALUES ('{delivered}', '{shop}', 'points', 5, now())",
    "paid_orders_have_a_payment": "UPDATE orders_order SET payment_id = '{new}' WHERE id = '{delivered}'",
    "ended_orders_owe_nothing": tx("owed", "{bank}", "{owed}", order="'{delivered}'::uuid"),
    "notify_none_stuck_in_sending": f"{NOTICE};{told('sending', AGO.format(60))}",
    "notify_due_messages_are_looked_at": f"{NOTICE};{told('queued', AGO.format(90))}",
    "notify_told_once":
        f"ALTER TABLE notify_message DROP CONSTRAINT notify_message_once;{NOTICE};"
        f"{told('queued', 'now()')};{told('queued', 'now()', message_id='{staff}')}",
    "notify_messages_have_their_notice": NOTICE,
    "notify_secrets_are_wiped":
        "ALTER TABLE notify_message DROP CONSTRAINT notify_message_secret_wiped;"
        f"{NOTICE};{told('failed', 'NULL', secret=True, content=True)}",
    "notify_secret_sent_at_most_once":
        f"{NOTICE};{told('queued', 'now()', secret=True)};"
        "INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)"
        " VALUES ('{shop}', 'notify.message', '{new}', 1, 'unknown', 'queued', 'x', 'x', now())",
    "revealed_codes_are_sold":
        "INSERT INTO delivery_reveal (id, shop_id, holder_id, code_id, actor, at)"
        " VALUES ('{new}', '{shop}', '{new2}', {free}, 'x', now())",
    "showings_written_down":
        "UPDATE vault_code SET revealed_at = now()"
        " WHERE holder_id = (SELECT id FROM orders_line WHERE order_id = '{paid}')",
    "nothing_shown_after_a_refund":
        "UPDATE kernel_history SET at = at - interval '1 hour'"
        " WHERE subject_id = '{shown}' AND to_state = 'refunding'",
    "order_history_leads_to_its_state": "DELETE FROM kernel_history WHERE subject_id = '{delivered}'",
    "payment_history_leads_to_its_state":
        "DELETE FROM kernel_history WHERE subject_id = '{payment}' AND to_state = 'succeeded'",
    "risk_attacks_on_doors_are_told":
        "INSERT INTO risk_door_breaker (shop_id, door, scope, batch, why, cost, times, opened_at, open_until, misses)"
        " VALUES ('{shop}', 5, 0, '', 'rate', 2, 1, now(), now() + interval '10 minutes', 30)",
    "risk_doors_forget":
        "INSERT INTO risk_door_answer (shop_id, door, at, good, scope, sound)"
        " VALUES ('{shop}', 1, now() - interval '3 hours', false, 0, false)",
    "risk_locked_keys_open_again":
        "INSERT INTO risk_door_key (shop_id, door, kind, key, level, open_at, last_at, day)"
        " VALUES ('{shop}', 5, 2, 7, 5, now() + interval '2 days', now(), current_date)",
    "risk_planted_codes_are_told": planted("canary", "fingerprint, sku_id", "{mark}, '{sku}'", met=True),
    "risk_honeypots_are_accounted_for":
        planted("honeypot", "hash, ending", "{mark}, 'XXXX'", noted=False),
    "risk_canaries_are_accounted_for":
        planted("canary", "fingerprint, sku_id", "{mark}, '{sku}'", retired=True),
    "refund_history_leads_to_its_state":
        "UPDATE kernel_history SET to_state = 'requested' WHERE machine = 'payments.refund' AND from_state IS NULL"
        " AND subject_id = (SELECT id FROM payments_refund ORDER BY id LIMIT 1)",
}  # fmt: skip


class Undo(Exception):
    """Ends a plant."""


def found_after(books: Books, plant: str) -> dict[str, int]:
    """Violations by invariant once `plant` was done behind the guards; all of it is undone."""
    found: dict[str, int] = {}
    try:
        with transaction.atomic(), platform_job("test"):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                for statement in plant.format(**books.names).split(";"):
                    cursor.execute(statement)
                    assert cursor.rowcount != 0, f"planted nothing: {statement}"
            results = [invariants.run(invariant, books.now) for invariant in invariants.REGISTRY]
            found = {r.invariant.name: r.count for r in results if not r.ok}
            raise Undo
    except Undo:
        pass
    return found


def test_before_anything_is_planted_all_is_well(books: Books) -> None:
    assert broken(books.now) == {}
    assert found_after(books, "SELECT 1") == {}


def test_each_invariant_has_a_plant(books: Books) -> None:
    assert {invariant.name for invariant in invariants.REGISTRY} == set(PLANTS)
    assert len(invariants.REGISTRY) == len(PLANTS)
    assert all(invariant.why and invariant.room for invariant in invariants.REGISTRY)


@pytest.mark.parametrize("name", PLANTS)
def test_a_plant_is_found_under_its_own_name_only(books: Books, name: str) -> None:
    assert list(found_after(books, PLANTS[name])) == [name]


# More ways to lose, double or leak, each of which must be seen under at least one name.
MORE: dict[str, tuple[str, set[str]]] = {
    "a sold code is free again":
        ("UPDATE vault_code SET state = 0, holder_id = NULL, sold_at = NULL, revealed_at = NULL"
         " WHERE id = (SELECT id FROM vault_code WHERE state = 2 AND holder_id = '{line}' LIMIT 1)",
         {"vault.lot_counts_equal_rows", "delivered_lines_have_their_quantity", "revealed_codes_are_sold"}),
    "a code is gone": ("DELETE FROM vault_code WHERE id = {free}",
                       {"vault.lot_is_whole", "vault.lot_counts_equal_rows"}),
    "a code moved to another buyer":
        ("UPDATE vault_code SET holder_id = (SELECT id FROM orders_line WHERE order_id = '{paid}')"
         " WHERE id = (SELECT id FROM vault_code WHERE holder_id = '{line}' LIMIT 1)",
         {"delivered_lines_have_their_quantity", "revealed_codes_are_sold"}),
    "an audit line is gone": ("DELETE FROM kernel_audit WHERE id = (SELECT min(id) FROM kernel_audit)",
                              {"audit_chain_unbroken"}),
    "a seal is gone": ("DELETE FROM kernel_audit_seal WHERE seq = 2", {"audit_chain_unbroken"}),
    "a posting is changed":
        ("UPDATE ledger_posting SET amount_minor = amount_minor + 1"
         " WHERE tx_id = {tx} AND seq = (SELECT min(seq) FROM ledger_posting WHERE tx_id = {tx})",
         {"ledger.balanced", "ledger.rollup", "ledger.seal", "ended_orders_owe_nothing"}),
    "a transaction is gone":
        ("DELETE FROM ledger_posting WHERE tx_id = {tx}; DELETE FROM ledger_tx WHERE id = {tx}",
         {"ledger.rollup", "ledger.seal", "ended_orders_owe_nothing"}),
    "an order was paid by nothing":
        ("UPDATE payments_payment SET captured_minor = 0, state = 'pending', settles = NULL WHERE id = '{payment}'",
         {"paid_orders_have_a_payment", "payment_facts_applied_once"}),
    "a paid order lies there":
        ("UPDATE orders_order SET state = 'paid', deliver_by = now() - interval '5 minutes' WHERE id = '{paid}'",
         {"paid_orders_end_in_time", "sold_codes_belong_to_one_paid_line", "ended_orders_owe_nothing"}),
    "half of the audit trail is cut off": (CUT.format(lines=4), {"audit_head_signed"}),
    "the head of the audit trail is gone": ("DELETE FROM kernel_audit_head", {"audit_head_signed"}),
    "the head of the audit trail is made to fit": (
        CUT.format(lines=2) + ";UPDATE kernel_audit_head h SET seq = s.seq, hash = s.hash FROM kernel_audit_seal s"
        " WHERE s.seq = (SELECT max(seq) FROM kernel_audit_seal)", {"audit_head_signed"}),
    "a showing is forgotten": (
        "UPDATE vault_code SET revealed_at = NULL WHERE holder_id = '{line}'", {"showings_written_down"}),
    "a retry waits for an event that is gone": (
        "INSERT INTO kernel_event_retry (handler, event_xid, event_id, next_try_at, error)"
        " VALUES ('x', '5', 0, now(), 'X')", {"event_handlers_succeed"}),
    "the key of a payment account is gone": (
        "UPDATE payments_account SET secret_key_id = 32000 WHERE id = '{account}'", {"sealed_keys_exist"}),
    "the key of a contact is gone": (
        "UPDATE orders_order SET contact_key_id = 32000 WHERE contact_blob IS NOT NULL", {"sealed_keys_exist"}),
    "the key of a signing secret is gone": (
        "UPDATE identity_api_client SET signing_secret_key_id = 32000 WHERE signing_secret_blob IS NOT NULL",
        {"sealed_keys_exist"}),
    "the key of a stored answer is gone": (
        "UPDATE kernel_idempotency SET answer = decode('00007d00', 'hex') || substr(answer, 5)"
        " WHERE get_byte(answer, 0) = 0", {"sealed_keys_exist"}),
    "an order jumps": (
        "UPDATE kernel_history SET from_state = 'placed' WHERE subject_id = '{delivered}' AND to_state = 'delivered';"
        "DELETE FROM kernel_history WHERE subject_id = '{delivered}' AND to_state = 'paid'",
        {"order_history_leads_to_its_state"}),
    "an order is gone, its history is not": (
        "DELETE FROM orders_line WHERE order_id = '{placed}'; DELETE FROM orders_order WHERE id = '{placed}'",
        {"order_history_leads_to_its_state"}),
    "a refund is forgotten":
        ("DELETE FROM payments_refund", {"refunds_equal_what_was_reserved", "ledger_equals_payments"}),
}  # fmt: skip


@pytest.mark.parametrize("what", MORE)
def test_more_that_goes_wrong_is_found(books: Books, what: str) -> None:
    plant, expected = MORE[what]
    assert set(found_after(books, plant)) >= expected - {"ledger_equals_payments"}


class Everything(logging.Handler):
    """Keeps every log line as text, with whatever was attached."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


def columns() -> list[tuple[str, str, str]]:
    """Every column that can hold text or bytes, in every table of every schema of ours."""
    return [
        (row[0], row[1], row[2])
        for row in sql(
            """SELECT c.table_schema || '.' || quote_ident(c.table_name), quote_ident(c.column_name), c.data_type
               FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
               WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
                 AND c.data_type IN ('text', 'character varying', 'character', 'bytea', 'jsonb', 'json', 'ARRAY')"""
        )
    ]


def places_of(text: str) -> list[str]:
    """Columns in which `text` occurs, as it is, in base64 or in hex."""
    found = []
    for table, column, kind in columns():
        as_bytes = column if kind == "bytea" else f"convert_to({column}::text, 'UTF8')"
        query = f"""SELECT count(*) FROM {table} WHERE position(%s::bytea IN {as_bytes}) > 0
                    OR encode({as_bytes}, 'escape') ILIKE '%%' || encode(%s::bytea, 'base64') || '%%'
                    OR encode({as_bytes}, 'escape') ILIKE '%%' || encode(%s::bytea, 'hex') || '%%'"""
        raw = text.encode()
        if sql(query, [raw, raw, raw])[0][0]:
            found.append(f"{table}.{column}")
    return found


@pytest.mark.django_db(transaction=True)
def test_no_plaintext_code_lies_anywhere(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    now = utc_now()
    everything = Everything()
    root = logging.getLogger()
    root.addHandler(everything)
    caplog.set_level(logging.DEBUG)
    try:
        codes, seen = use_codes_everywhere(now)
    finally:
        root.removeHandler(everything)
    printed = capfd.readouterr()
    logged = "\n".join([*everything.lines, caplog.text, printed.out, printed.err])
    assert seen, "the codes were really shown"
    # The search itself works: what we know to be there is found.
    assert "public.catalog_sku.code" in places_of("kw-50")
    assert any("procrastinate_jobs" in table for table, _column, _kind in columns())
    for number, secret in codes:
        assert secret not in logged
        assert number not in logged
        assert places_of(secret) == []
        assert places_of(number) == []


def use_codes_everywhere(now: datetime) -> tuple[list[tuple[str, str]], list[str]]:
    """Import, sell, reveal (room, API), refund, retry and fail with five known codes; those that were shown."""
    demo = world.make_shop(now)
    codes = world.random_codes(5)
    world.load_codes(demo.shop_id, demo.skus["kw-50"], codes, now, cost_minor=800)
    # The same file again with one line more: every line but one is held already.
    world.load_codes(demo.shop_id, demo.skus["kw-50"], [*codes, ("GF99", "ZZZZYYYYXXXXWWWW")], now)
    shop = Shop(demo, demo.skus["kw-50"], codes)
    mine = buy(shop, now, 2)
    seen = [c.secret for c in reveal_codes(shop_id=mine.shop_id, order_id=mine.id, actor="c", ip="192.0.2.1", now=now)]
    refund_order(shop_id=mine.shop_id, order_id=mine.id, reason="r", actor="staff:1", by_staff=True, now=now)
    till = open_till(demo.shop_id, now)
    order = place(shop, now)
    pay(begin(till, order.order_id, now), now)
    refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="guest:x", now=now)
    refund_all(now)
    client = Client(headers={"Authorization": f"Bearer {demo.api_key}"})
    body = json.dumps({"lines": [{"sku_id": str(shop.sku_id), "quantity": 1}], "payment": "balance"})

    def post(path: str, content: str) -> Any:
        return client.post(
            f"/api/v1{path}", content, content_type="application/json", headers={"Idempotency-Key": "key-1" + path}
        )

    made = post("/orders", body).json()
    for _ in range(2):
        shown = post(f"/orders/{made['number']}/codes/reveal", "{}").json()
        seen.append(shown["items"][0]["secret"])
    assert post("/orders", "{").status_code == 400
    create_api_client(shop_id=demo.shop_id, name="x", scopes=[str(Scope.ORDERS_READ)], actor="t", now=now)
    held = delivery.masked_codes(demo.shop_id, [UUID(made["lines"][0]["id"])])
    assert held[0].revealed_at is not None
    relay_all(now)
    fold_stock(now=now)
    assert set(seen) <= {secret for _number, secret in codes}
    return codes, seen
