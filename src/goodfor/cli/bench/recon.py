"""`bench recon`: a day of a million rows taken in and compared with our word and the books; what was planted found."""

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench import bills
from goodfor.cli.bench.memory import PeakMemory
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

SECONDS, MEMORY_MB = 300, 1000
#: Of how many rows, and how many of each kind are planted among them (finance reference 5, R1).
REHEARSED, EACH = 100_000, 20
_ACCOUNT = "1012:channel:alipay:bench:pending"
#: Our word and the books of every row of the bill, written past the guards: what is measured is the comparing.
_FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE bench_row AS
SELECT line, kind, happened_at AS at, amount_minor, our_ref, channel_ref, refund_ref,
       (lpad(to_hex((extract(epoch FROM happened_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(line::text), 1, 3)
        || '8' || substr(md5(line::text), 4, 15))::uuid AS id
FROM payments_bill_line WHERE shop_id = '{shop}';
INSERT INTO payments_refund (id, shop_id, payment_id, number, business_key, amount_minor, currency, state, reason,
    paid_from, capture_ref, channel_ref, failure, attempts, created_at, accepted_at, finished_at)
SELECT id, '{shop}', gen_random_uuid(), refund_ref, refund_ref, -amount_minor, 'CNY', 'succeeded', '', '', '', '', '',
       1, at, at, at FROM bench_row WHERE kind = 'refund';
INSERT INTO payments_fact (id, shop_id, account_id, provider, payment_id, refund_id, kind, our_ref, channel_ref,
    parent_ref, amount_minor, currency, happened_at, source, recorded_at, outcome, posting_ref, applied_at)
SELECT id, '{shop}', '{account}', 'alipay', NULL, CASE WHEN kind = 'refund' THEN id END,
       CASE WHEN kind = 'refund' THEN 'refunded' ELSE 'paid' END,
       CASE WHEN kind = 'refund' THEN refund_ref ELSE our_ref END,
       CASE WHEN kind = 'refund' THEN refund_ref ELSE channel_ref END, '', abs(amount_minor), 'CNY', at, 'query', at,
       'confirmed', CASE WHEN kind = 'refund' THEN 'refundok:' ELSE 'pay:' END || id, at FROM bench_row;
INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at)
VALUES ('{shop}', '{code}', 'asset', 1, 'CNY', false, 1, now());
INSERT INTO ledger_tx (id, xid, shop_id, currency, reference, kind, cause_type, actor, effective_at, recorded_at,
    payload_hash)
SELECT 1000000000 + line, pg_current_xact_id(), '{shop}', 'CNY',
       CASE WHEN kind = 'refund' THEN 'refundok:' ELSE 'pay:' END || id,
       CASE WHEN kind = 'refund' THEN 'refund_paid' ELSE 'payment' END, '', 'bench', at, at, sha256(line::text::bytea)
FROM bench_row;
INSERT INTO ledger_posting (shop_id, tx_id, seq, account_id, amount_minor, xid, effective_date, layer)
SELECT '{shop}', 1000000000 + line, 1, (SELECT id FROM ledger_account WHERE shop_id = '{shop}' AND code = '{code}'),
       amount_minor, pg_current_xact_id(), (at AT TIME ZONE 'Asia/Shanghai')::date, 0 FROM bench_row;
SET session_replication_role = DEFAULT;
"""
_FOUND = """
SELECT b.category, CASE WHEN b.category IN ('C9', 'S6') THEN u.account
       WHEN b.category = 'C10' THEN b.detail ->> 'reference'
       ELSE coalesce(nullif(t.key, ''), nullif(t.alt_key, ''), o.key) END
FROM recon_break b JOIN recon_run u ON u.id = b.run_id AND u.live
LEFT JOIN recon_row t ON t.id = b.theirs_id LEFT JOIN recon_row o ON o.id = b.ours_id WHERE b.shop_id = %s
"""


def run(*, json: bool = False, rows: str = "1000000", rehearsed: str = str(REHEARSED)) -> BenchResult:  # noqa: ARG001
    """R2 and R1. Options: rows (of the bill), rehearsed (rows among which differences are planted)."""
    console, count = Console(stderr=True), int(rows)
    with running_site(console, web=False) as site:
        shop_id: UUID = site.made.shop_id
        path = Path(str(load("django.conf").settings.DATA_DIR)) / "bench-recon.zip"
        console.print(f"写入 {count:,} 行账单 / writing a bill of {count:,} rows")
        bills.write_bill(path, count)
        account_id = bills.channel_account(shop_id)
        imported, first, _view = bills.take_in(shop_id, account_id, path, bills.DAY)
        console.print(f"{imported:.1f} s; 写入本方记录与账簿 / filling in our word and the books")
        _fill(shop_id, account_id)
        compared, peak, done = _compare(shop_id)
        again, later, same = _compare(shop_id)
        console.print(f"{compared:.1f} s, {again:.1f} s; 演练 / rehearsing")
        recall, precision, steady, rehearsal = _rehearse(shop_id, int(rehearsed))
    memory, seconds = max(first, peak, later), imported + compared
    figures: dict[str, Any] = {
        "rows": count, "import_s": round(imported, 1), "compare_s": round(compared, 1), "again_s": round(again, 1),
        "matched": done.matched, "rows_per_s": round(count / seconds), "peak_memory_mb": round(memory / 2**20),
        "rehearsed_rows": int(rehearsed), "rehearsal_s": round(rehearsal, 1),
    }  # fmt: skip
    whole = int(done.matched == count and not done.breaks and same.matched == count and not same.breaks)
    return BenchResult(
        "recon",
        figures,
        [
            Bar("seconds to take in and compare", round(seconds, 1), f"< {SECONDS}", seconds < SECONDS),
            Bar("peak memory, MB", round(memory / 2**20), f"< {MEMORY_MB}", memory < MEMORY_MB * 2**20),
            Bar("every row matched, twice", whole, "= 1", whole == 1),
            Bar("planted differences found", recall, "= 1.0", recall == 1),
            Bar("found differences that were planted", precision, "= 1.0", precision == 1),
            Bar("the same again", int(steady), "= 1", steady),
        ],
    )


def _fill(shop_id: UUID, account_id: UUID) -> None:
    connection = load("django.db").connection
    with connection.cursor() as cursor:
        cursor.execute(_FILL.format(shop=shop_id, account=account_id, code=_ACCOUNT))
        cursor.execute("ANALYZE payments_fact, payments_refund, ledger_tx, ledger_posting, payments_bill_line")


def _compare(shop_id: UUID) -> tuple[float, int, Any]:
    scope = load("goodfor.recon.types").Scope(shop_id, "channel", "alipay:bench", bills.DAY)
    sources, now = load("goodfor.recon.importers.channel").ChannelSources(), load("goodfor.kernel.clock").utc_now()
    reconcile = load("goodfor.recon.operations.reconcile").reconcile
    with PeakMemory() as memory:
        began = time.perf_counter()
        view = reconcile(scope=scope, sources=sources, actor="bench", now=now)
        seconds = time.perf_counter() - began
    return seconds, memory.peak, view


def _rehearse(shop_id: UUID, rows: int) -> tuple[float, float, bool, float]:
    """Recall, precision, whether a second comparing says the same, seconds of the first."""
    rehearsal, now = load("goodfor.recon.rehearsal"), load("goodfor.kernel.clock").utc_now()
    reconcile = load("goodfor.recon.operations.reconcile").reconcile
    world = rehearsal.World()
    scopes = rehearsal.channel_days(world, rows=rows, each=EACH, seed=8)
    scopes += rehearsal.supplier_days(world, rows=max(rows // 10, EACH * 10), each=EACH, seed=9)
    found: list[Counter[tuple[str, str]]] = []
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        for scope in scopes:
            reconcile(scope=replace(scope, shop_id=shop_id), sources=world, actor="bench", now=now)
        seconds = seconds or time.perf_counter() - began
        with load("django.db").connection.cursor() as cursor:
            cursor.execute(_FOUND, [shop_id])
            found.append(Counter((row[0], row[1]) for row in cursor.fetchall()))
    right = sum((found[0] & world.expected).values())
    recall, precision = right / sum(world.expected.values()), right / max(1, sum(found[0].values()))
    return round(recall, 6), round(precision, 6), found[0] == found[1], seconds
