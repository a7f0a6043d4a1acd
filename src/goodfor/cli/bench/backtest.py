"""`bench backtest`: a rule tried on a million stored decisions, equal to live evaluation; and what judging costs."""

import json as json_module
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

BAR_SECONDS = 10.0
BAR_JUDGE_MS = 0.3
#: Snapshots that the decisions are made of, each with an amount, counts and a discount of its own.
TEMPLATES = 4_000
DAYS = 180
JUDGED = 4_000
ENTRIES = 5_000
RULES = {
    "simple": "amount_minor >= 45000",
    "typical": "first_purchase_with_instrument and sku_liquidity >= 0.7 and amount_minor >= 20000"
    " and (either(ip_cloud, false) or buyer_orders_24h >= 5)",
    "wide": "(ip_overseas or ip_vpn or ip_tor or mail_disposable) and (quantity > 3 or coupon_share > 0.3)"
    ' and not mail_domain in ["qq.com", "163.com"] and buyer_ordered_24h / buyer_orders_24h > 9000'
    " or device_order_buyers_7d >= 4 and unpaid_share > 0.6",
}
_TEMPLATES = "CREATE TEMP TABLE template (id int PRIMARY KEY, features jsonb)"
_DECISIONS = """
INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, subject_id, features, set_version, hits,
       challengers, why, rules_version, outcome, reasons, cost, sampled, failed, absent, silent, latency_us, expires_at)
SELECT %(shop)s, t.at, (lpad(to_hex((extract(epoch FROM t.at) * 1000)::bigint), 12, '0') || '7'
           || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
       n, 5, 'order', gen_random_uuid(),
       s.features || jsonb_build_object('amount_minor', (hashint8(n * 7) & 65535),
           'buyer_orders_24h', 1 + (hashint8(n * 13) & 7), 'coupon_share', (hashint8(n * 17) & 255) / 512.0),
       1, '[]', '{}', '[]', 1, 'allow', '{}', 0, false, '{}', '{}', '{}', 900, t.at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g (n)
CROSS JOIN LATERAL (SELECT %(since)s::timestamptz + n * (%(days)s * interval '1 day' / %(all)s)) t (at)
JOIN template s ON s.id = n %% %(templates)s
"""
_LABELS = """
INSERT INTO risk_label (id, shop_id, decision_id, subject_type, bad, source, known_at, by)
SELECT gen_random_uuid(), shop_id, id, '', event_id %% 3 > 0, 'chargeback', at + interval '20 days', 'system'
FROM risk_decision WHERE shop_id = %(shop)s AND event_id %% 67 = 0
"""


def run(*, json: bool = False, decisions: str = "1000000") -> BenchResult:  # noqa: ARG001
    """In this process, on a database of its own. Options: decisions."""
    console, many = Console(stderr=True), int(decisions)
    with running_site(console, web=False) as site:
        shop_id = site.made.shop_id
        console.print(f"写入 {many:,} 条判定 / writing decisions")
        now = datetime.now(UTC)
        _fill(shop_id, many, now, console)
        figures: dict[str, Any] = {"decisions": many, **_size()}
        bars: list[Bar] = []
        for name, text in RULES.items():
            figures[name] = found = _try(shop_id, text, now, console)
            bars.append(Bar(f"{name}: s", found["seconds"], f"< {BAR_SECONDS:.0f}", found["seconds"] < BAR_SECONDS))
            bars.append(Bar(f"{name}: differ", found["different"], "0", found["different"] == 0))
            bars.append(Bar(f"{name}: read", found["read"], str(many), found["read"] == many))
        judged = _judge(shop_id, now, console)
        figures["judge"] = judged
        bars.append(Bar("judge p50 ms", judged["p50_ms"], f"< {BAR_JUDGE_MS}", judged["p50_ms"] < BAR_JUDGE_MS))
    return BenchResult("backtest", figures, bars)


def _fill(shop_id: UUID, many: int, now: datetime, console: Console) -> None:
    since = now - timedelta(days=DAYS)
    connection = load("django.db").connection
    with connection.cursor() as cursor:
        for number in range(DAYS // 28 + 2):
            month = (since + timedelta(days=28 * number)).date()
            cursor.execute("SELECT risk_make_partition('risk_decision', %s)", [month])
        cursor.execute(_TEMPLATES)
        cursor.executemany(
            "INSERT INTO template VALUES (%s, %s::jsonb)",
            [(number, json_module.dumps(snapshot)) for number, snapshot in enumerate(_snapshots())],
        )
        step = max(1, many // 10)
        for first in range(0, many, step):
            last = min(first + step, many) - 1
            cursor.execute(
                _DECISIONS,
                {"shop": shop_id, "first": first + 1, "last": last + 1, "since": since, "days": DAYS, "all": many + 1,
                 "templates": TEMPLATES},
            )  # fmt: skip
            console.print(f"  {last + 1:,}")
        cursor.execute(_LABELS, {"shop": shop_id})
        cursor.execute("VACUUM (ANALYZE) risk_decision")
        cursor.execute("VACUUM (ANALYZE) risk_label")
        cursor.execute("CHECKPOINT")


def _snapshots() -> list[dict[str, Any]]:
    """What orders look like: every count of their scene, what tables know, and what the caller says of a sale."""
    velocities, facts = load("goodfor.risk.velocities"), load("goodfor.risk.facts")
    enriched = load("goodfor.risk.enrichment.features").FEATURES
    scene = load("goodfor.risk.types").Scene.ORDER
    dice = random.Random(20260101)  # noqa: S311
    texts: dict[str, Callable[[], str]] = {
        "mail_domain": lambda: dice.choice(["qq.com", "163.com", "gmail.com", "outlook.com", "example.net"]),
        "ip_province": lambda: dice.choice(["浙江", "广东", "北京", "四川", "河南"]),
        "ip_country": lambda: dice.choice(["CN", "CN", "CN", "US"]),
    }
    rare = {"ip_cloud", "ip_vpn", "ip_tor", "mail_disposable", "ip_bot", "agent_script", "phone_virtual"}
    made = []
    for _ in range(TEMPLATES):
        found: dict[str, Any] = {one.name: dice.choice([0, 0, 1, 1, 2, 3, 5]) for one in velocities.BY_SCENE[scene]}
        for feature in (*enriched, *facts.SALE):
            if feature.type == "truth":
                found[feature.name] = dice.random() < (0.03 if feature.name in rare else 0.3)
            elif feature.type == "text":
                found[feature.name] = texts.get(feature.name, lambda: f"v{dice.randrange(40)}")()
            else:
                found[feature.name] = round(dice.random() * dice.choice([1, 1, 30]), 4)
        for name in dice.sample(sorted(found), 12):
            del found[name]
        made.append(found)
    return made


def _size() -> dict[str, Any]:
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(inhrelid))::bigint / 1000000 FROM pg_inherits"
                       " WHERE inhparent = 'risk_decision'::regclass")  # fmt: skip
        [(megabytes,)] = cursor.fetchall()
        cursor.execute("SELECT avg(pg_column_size(features))::int, avg(length(features::text))::int"
                       " FROM (SELECT features FROM risk_decision LIMIT 2000) s")  # fmt: skip
        [(stored, text)] = cursor.fetchall()
    return {"table_mb": int(megabytes), "snapshot_stored_bytes": stored, "snapshot_json_bytes": text}


def _try(shop_id: UUID, text: str, now: datetime, console: Console) -> dict[str, Any]:
    backtest, scene = load("goodfor.risk.backtest"), load("goodfor.risk.types").Scene.ORDER
    rule = load("goodfor.risk.rule_reading").read(shop_id, text)
    span = backtest.Span(shop_id, [scene], now - timedelta(days=DAYS + 1), now, now)
    times: list[float] = []
    reports: list[Any] = []
    first_shown = 0.0
    for _ in range(2):
        began, reports = time.perf_counter(), []
        for report in backtest.backtest(rule, span):
            reports.append(report)
            first_shown = time.perf_counter() - began if len(reports) == 1 else first_shown
        times.append(time.perf_counter() - began)
    began = time.perf_counter()
    check = backtest.sample_check(rule, span)
    total = reports[-1].total
    found = {
        "seconds": round(max(times), 2), "again_seconds": round(min(times), 2), "pieces": len(reports),
        "first_shown_seconds": round(first_shown, 2), "read": total.decisions, "fitted": total.fitted,
        "caught": total.caught, "annoyed": total.annoyed, "not_evaluable": total.not_evaluable,
        "caught_yuan": total.caught_minor / 100, "weeks": len(reports[-1].weeks), "compared": check.compared,
        "different": len(check.different), "check_seconds": round(time.perf_counter() - began, 2),
    }  # fmt: skip
    console.print(f"{text[:60]}…: {found}")
    return found


def _judge(shop_id: UUID, now: datetime, console: Console) -> dict[str, Any]:
    """Lists and rules of an order, with the rules that shops begin with and some thousand entries on lists."""
    load("goodfor.risk.operations.install_starter").install_starter(shop_id=shop_id, actor="bench", now=now)
    types, evaluate = load("goodfor.risk.types"), load("goodfor.risk.evaluate")
    keys, cache = load("goodfor.risk.keys"), load("goodfor.risk.rule_cache")
    rows = "\n".join(f"buyer,buyer:{number},bench" for number in range(ENTRIES))
    load("goodfor.risk.operations.import_entries").import_entries(
        shop_id=shop_id, kind="watch", text=f"type,value,reason\n{rows}\n", actor="bench", now=now
    )
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("ANALYZE risk_list_entry")
    snapshots = _snapshots()
    kinds = (types.KeyKind.BUYER, types.KeyKind.DEVICE, types.KeyKind.NETWORK, types.KeyKind.ADDRESS,
             types.KeyKind.PHONE, types.KeyKind.MAIL)  # fmt: skip
    times = []
    for number in range(JUDGED):
        mine = {kind: keys.hash_of(shop_id, kind, f"{kind}:{number % 900}") for kind in kinds}
        began = time.perf_counter()
        evaluate.hits(shop_id, types.Scene.ORDER, snapshots[number % TEMPLATES], mine, now)
        times.append((time.perf_counter() - began) * 1000)
    first, rest = times[0], sorted(times[50:])
    ready = cache.ready(shop_id, types.Scene.ORDER, evaluate.version_of(shop_id))
    began = time.perf_counter()
    for snapshot in snapshots:
        ready.run(snapshot)
    found = {
        "rules_of_the_scene": len(ready.rules), "p50_ms": round(statistics.median(rest), 3),
        "p99_ms": round(rest[int(len(rest) * 0.99)], 3), "first_ms": round(first, 1),
        "rules_alone_us": round((time.perf_counter() - began) / len(snapshots) * 1e6, 2),
    }  # fmt: skip
    console.print(f"judge: {found}")
    return found
