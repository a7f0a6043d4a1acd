"""The past of `bench risk`: events by the million, made on the server, in months whose indexes are built last."""

import hmac
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from typing import Any, Final
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench import risk_people as people
from goodfor.cli.lazy import load

#: Up to so many events lie in 90 days, more in 15 months.
SHORT: Final = 10_000_000
CHUNK: Final = 1_000_000
_HMAC: Final = """
CREATE FUNCTION bench_hmac(inner_pad bytea, outer_pad bytea, message bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || encode(substr(sha256(outer_pad || sha256(inner_pad || message)), 1, 8), 'hex'))::bit(64)::bigint
           & 9223372036854775807
$$
"""
#: Everybody was here before: the rows that name keys.
_ENTITIES: Final = """
INSERT INTO risk_entity (id, shop_id, kind, key, label, first_at, last_at)
SELECT gen_random_uuid(), %(shop)s, kind, key, 'bench', %(until)s - interval '60 days',
       %(until)s - random() * interval '2 days'
FROM (SELECT kind, key FROM bench_key
      UNION SELECT CASE kind WHEN 1 THEN 5 ELSE 3 END, other FROM bench_key WHERE kind IN (1, 4)) x
"""
#: kind, how many, its name, how it is written by its number; and a second key by the same number.
_KEYS: Final = (
    (1, people.BUYERS, "buyer", "'buyer:' || n", "phone", "'+86139' || lpad(n::text, 8, '0')"),
    (2, people.DEVICES, "device", "'bench-device-' || n", "device", "''"),
    (4, people.PLACES, "address", "host('45.0.0.0'::inet + 4 * n)", "network",
     "network(set_masklen('45.0.0.0'::inet + 4 * n, 24))::text"),
    (7, people.CARDS, "instrument", "'card-' || lpad(n::text, 8, '0')", "device", "''"),
    (8, people.BATCHES + 1, "batch", "'batch-' || n", "device", "''"),
)  # fmt: skip


def fill(shop_id: UUID, count: int, until: datetime, console: Console) -> None:
    """Write `count` events that end just before `until`, and the decisions of the good sign-ins of 90 days."""
    connection = load("django.db").connection
    with load("goodfor.kernel.tenancy").platform_job("bench"), connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        _keys(cursor, shop_id)
        since = until - timedelta(days=90 if count <= SHORT else 450)
        text = resources.files("goodfor.cli").joinpath("sql/risk_events.sql").read_text("utf-8")
        for month, after in _months(since, until):
            first, last = max(month, since), min(after, until)
            share = round(count * ((last - first) / (until - since)))
            console.print(f"{month:%Y-%m}: {share:,} 个事件 / events")
            _month(cursor, text, shop_id, share, (month, after), (first, last))
        _decisions(cursor, shop_id, until)
        cursor.execute(_ENTITIES, {"shop": shop_id, "until": until})
        cursor.execute("DROP TABLE bench_key")
        cursor.execute("RESET ALL")
        cursor.execute("VACUUM (ANALYZE) risk_event")
        cursor.execute("VACUUM (ANALYZE) risk_decision")
        cursor.execute("VACUUM (ANALYZE) risk_entity")
        cursor.execute("CHECKPOINT")


def wait_for_rest() -> None:
    """Until no process of the server cleans up after the filling; at most half an hour."""
    calm, end = 0, time.monotonic() + 1800
    while calm < 15 and time.monotonic() < end:
        with load("django.db").connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'")
            calm = 0 if cursor.fetchone()[0] else calm + 1
        time.sleep(1)


def sizes() -> dict[str, int]:
    """Megabytes of the events' tables and of their indexes."""
    with load("django.db").connection.cursor() as cursor:
        cursor.execute(
            "SELECT (sum(pg_table_size(inhrelid)) / 1e6)::int, (sum(pg_indexes_size(inhrelid)) / 1e6)::int"
            " FROM pg_inherits WHERE inhparent = 'risk_event'::regclass"
        )
        table, indexes = cursor.fetchone()
    return {"events_table_mb": table, "events_indexes_mb": indexes}


def _keys(cursor: Any, shop_id: UUID) -> None:
    """The keys of everybody, as risk control would make them."""
    secret = load("goodfor.kernel.crypto").keyring().raw_index_key(load("goodfor.risk.keys").PURPOSE)
    padded = secret.ljust(64, b"\0")
    pads = [bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)]
    cursor.execute(_HMAC)
    cursor.execute("CREATE UNLOGGED TABLE bench_key (kind int, n int, key bigint, other bigint, PRIMARY KEY (kind, n))")
    for kind, count, name, value, other_name, other in _KEYS:
        cursor.execute(
            f"INSERT INTO bench_key SELECT %s, n, bench_hmac(%s, %s, %s || convert_to({value}, 'UTF8')),"  # noqa: S608
            f" bench_hmac(%s, %s, %s || convert_to({other}, 'UTF8')) FROM generate_series(0, %s) AS n",
            [kind, *pads, _head(shop_id, name), *pads, _head(shop_id, other_name), count - 1],
        )
    cursor.execute("ANALYZE bench_key")
    made = load("goodfor.risk.keys").hash_of(shop_id, "buyer", people.buyer(5))
    cursor.execute("SELECT key FROM bench_key WHERE kind = 1 AND n = 5")
    if cursor.fetchone()[0] != made or not hmac.compare_digest(people.buyer(5), "buyer:5"):
        raise RuntimeError("the past would have other keys than what is measured")


def _head(shop_id: UUID, name: str) -> bytes:
    return shop_id.bytes + b"|" + name.encode() + b"|"


def _month(
    cursor: Any, text: str, shop_id: UUID, count: int, month: tuple[datetime, datetime], part: tuple[datetime, datetime]
) -> None:
    """A table aside, filled, then attached: its indexes are built by sorting, once."""
    name = f"risk_event_{month[0]:%Y_%m}"
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
    if cursor.fetchone()[0]:
        cursor.execute(f"ALTER TABLE risk_event DETACH PARTITION {name}")
        cursor.execute(f"DROP TABLE {name}")
    cursor.execute(f"CREATE TABLE {name} (LIKE risk_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    chunks = max(1, -(-count // CHUNK))
    step = (part[1] - part[0]) / chunks
    for number in range(chunks):
        params = _params(shop_id, count // chunks, part[0] + number * step, part[0] + (number + 1) * step)
        cursor.execute(text.replace("{table}", name), params)
    cursor.execute(f"ALTER TABLE risk_event ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)", list(month))


def _params(shop_id: UUID, count: int, first: datetime, last: datetime) -> dict[str, Any]:
    numbers = {str(scene): number for scene, number in load("goodfor.risk.types").SCENE_NUMBERS.items()}
    shares, sum_ = [], 0.0
    for _, _, share in people.PAST[:-1]:
        sum_ += share
        shares.append(sum_)
    return {
        "shop": shop_id, "count": count, "first": first, "last": last, "buyers": people.BUYERS,
        "devices": people.DEVICES, "places": people.PLACES, "cards": people.CARDS, "shares": shares,
        "scenes": [numbers[scene] for scene, _, _ in people.PAST], "results": [result for _, result, _ in people.PAST],
    }  # fmt: skip


def _decisions(cursor: Any, shop_id: UUID, until: datetime) -> None:
    """Decisions of good sign-ins, which the next ones look at: with a snapshot of the usual size."""
    since = until - timedelta(days=90)
    for month, _ in _months(since, until):
        cursor.execute("SELECT risk_make_partition('risk_decision', %s)", [month.date()])
    features = "jsonb_build_object('ip_province', '浙江', 'ip_city', '杭州', 'ip_country', 'CN') || " + " || ".join(
        f"jsonb_build_object('feature_number_{n}', {n}.5)" for n in range(40)
    )
    cursor.execute(
        "INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, features, set_version, hits,"  # noqa: S608
        " challengers, why, rules_version, outcome, reasons, cost, sampled, failed, absent, silent, latency_us,"
        " expires_at)"
        f" SELECT shop_id, at, decision_id, id, 2, '', {features}, 1, '[]', '{{}}', '[]', 1, 'allow', '{{}}', 0, false,"
        " '{}', '{}', '{}', 900, at FROM risk_event WHERE shop_id = %s AND at > %s AND scene = 2 AND result = 1",
        [shop_id, since],
    )


def _months(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    sql = load("goodfor.risk.velocity_sql")
    month = sql.month_of(since)
    while month < until:
        yield month, sql.next_month(month)
        month = sql.next_month(month)
