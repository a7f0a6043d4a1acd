"""Whole catalogues of many suppliers, read by the worker at the pace that each of them allows."""

import threading
import time
from collections import Counter

import psutil  # type: ignore[import-untyped, unused-ignore]

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub.market import ACTOR, Market, Stall, connect
from goodfor.cli.hub.measured import Fair, Part
from goodfor.cli.soak.sql import rows
from goodfor.kernel.clock import utc_now
from goodfor.supply.operations.connect_supplier import switch_supplier

SECONDS = 600.0
MEMORY_MB = 600
#: Each protocol has one site at the stand-ins, at which many of our suppliers have an account.
VENDORS = ("kasushou", "kayixin", "kakayun", "dujiao", "fulu", "kinguin")
_SWEPT = "SELECT count(*) FROM supply_supplier WHERE shop_id = %s AND id = ANY (%s) AND swept_at IS NOT NULL"
_ITEMS = "SELECT count(*) FROM supply_item WHERE shop_id = %s AND supplier_id = ANY (%s) AND state <> 'deleted'"


def measure(fair: Fair) -> Part:
    """All of them are due at the same moment."""
    suppliers, items = (12, 150) if fair.quick else (300, 2000)
    client, shop_id = fair.stands.client, fair.stack.made.shop_id
    market, sites = Market(shop_id, []), {}
    for vendor in VENDORS:
        sites[vendor] = client.site(vendor, "wide", balance="1000000")
        client.seed(vendor, "wide", items, cost="8.00", stock=100, first=1001, kind="card")
    for number in range(suppliers):
        vendor = VENDORS[number % len(VENDORS)]
        connect(market, Stall(vendor, f"wide-{number}", "8.00", None), sites[vendor])
    ids = list(market.ids.values())
    for supplier_id in ids:
        switch_supplier(shop_id=shop_id, supplier_id=supplier_id, enabled=True, actor=ACTOR, now=utc_now())
    peak, stop = [0], threading.Event()
    threading.Thread(target=_watch, args=(fair, peak, stop), daemon=True).start()
    began, swept = time.monotonic(), 0
    while swept < suppliers and time.monotonic() - began < 2 * SECONDS:
        time.sleep(1.0)
        swept = int(rows(_SWEPT, shop_id, ids)[0][0])
    seconds = time.monotonic() - began
    stop.set()
    known = int(rows(_ITEMS, shop_id, ids)[0][0])
    for supplier_id in ids:
        switch_supplier(shop_id=shop_id, supplier_id=supplier_id, enabled=False, actor=ACTOR, now=utc_now())
    throttled = _throttled(fair)
    memory = peak[0] // 2**20
    return (
        {"suppliers": suppliers, "items": known, "sweep_seconds": round(seconds, 1), "worker_peak_mb": memory},
        [
            Bar("suppliers swept", swept, f"= {suppliers}", swept == suppliers),
            Bar("items known", known, f"= {suppliers * items}", known == suppliers * items),
            Bar("seconds for all", round(seconds, 1), f"< {SECONDS:g}", seconds < SECONDS),
            Bar("memory of the worker (MB)", memory, f"< {MEMORY_MB}", memory < MEMORY_MB),
            Bar("calls that a supplier found too many", throttled, "= 0", throttled == 0),
        ],
    )


def _watch(fair: Fair, peak: list[int], stop: threading.Event) -> None:
    while not stop.wait(0.5):
        process = fair.stack.child("worker").process
        if process is not None:
            try:
                peak[0] = max(peak[0], psutil.Process(process.pid).memory_info().rss)
            except psutil.Error:
                continue


def _throttled(fair: Fair) -> int:
    verdicts: Counter[str] = Counter()
    for vendor in VENDORS:
        for call, count in fair.stands.client.totals(vendor, "wide")["calls"].items():
            verdicts[call.partition(": ")[2]] += count
    return verdicts["throttled"]
