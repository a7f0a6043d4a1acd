"""How suppliers did: hours add up to what happened, and a page reads hours, not purchases."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodfor.kernel.clock import utc_now
from goodfor.supply import queries
from goodfor.supply.health import BOUNDS, PLACES, Count, added, quantile, validity
from goodfor.supply.operations.note_complaint import note_complaint, note_complaint_end
from goodfor.supply.operations.tally import tally_due
from goodfor.supply.tests.market import Market, rows, spent


def test_percentiles_of_counts() -> None:
    assert quantile((), 0.95) is None
    counts = [0] * PLACES
    counts[3] = 100
    assert quantile(counts, 0.5) == pytest.approx((BOUNDS[2] + BOUNDS[3]) / 2)
    counts[-1] = 100
    assert quantile(counts, 0.99) == BOUNDS[-1]
    twice = added([Count(tries=1, speeds=tuple(counts)), Count(tries=2), Count(tries=3, speeds=tuple(counts))])
    assert (twice.tries, sum(twice.speeds)) == (6, 400)
    assert validity(Count(good=90, faulty=10), 5) == pytest.approx(0.85)
    assert validity(Count(), 0) is None


def test_hours_say_what_happened(fair: Market) -> None:
    good, bad = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("7.00"))
    bad.fault("lost_answer", on="create")
    lost = fair.want()
    fair.buy()
    fair.later(6)
    bad.fault("refuse", on="create", times=3)
    # One after the other: side by side the second may already hear that the first was refused, and not ask there.
    lines = []
    for _one in range(2):
        lines.append(fair.want(2))
        fair.buy()
    assert fair.states(lost) == ["delivered"]
    now = utc_now()
    assert tally_due(now=now) >= 2
    counts = {name: count for _id, name, _on, count in queries.health_of_all(fair.shop, now)}
    assert (counts["anna"].tries, counts["anna"].good, counts["anna"].charged) == (2, 4, spent(good))
    assert (counts["bert"].unknown, counts["bert"].success, counts["bert"].ended) == (1, 1, 2)
    assert counts["bert"].success_rate == pytest.approx(1 / 2)
    note_complaint(shop_id=fair.shop, claim_id=(claim := uuid4()), line_id=lines[0], units=1, now=now)
    note_complaint(shop_id=fair.shop, claim_id=claim, line_id=lines[0], units=1, now=now)
    note_complaint_end(shop_id=fair.shop, claim_id=claim, upheld=True)
    card = queries.report_card(fair.shop, fair.ids["anna"], now=now)
    assert (card.complaints, card.upheld, card.validity) == (1, 1, 0.75)
    assert (card.net, card.p95 is not None) == (spent(good), True)
    # Two passes say the same, and an hour that is past is due again ever more rarely.
    assert tally_due(now=now + timedelta(minutes=2)) >= 2
    assert queries.report_card(fair.shop, fair.ids["anna"], now=now) == card
    tally_due(now=now + timedelta(days=40))
    assert rows("SELECT count(*) FROM supply_tally WHERE due_at IS NOT NULL") == [(0,)]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        month = queries.health(fair.shop, fair.ids["anna"], days=30, timezone="Asia/Shanghai", now=now)
        day = queries.health(fair.shop, fair.ids["anna"], days=1, timezone="Asia/Shanghai", now=now)
    assert (len(month.points), len(day.points), month.total, day.total.good) == (30, 24, day.total, 4)
    assert not [one for one in seen.captured_queries if "supply_attempt" in one["sql"]]
    assert (day.stock.items, (day.stock.oldest or 0) < 60) == (1, True)
    bert = queries.health(fair.shop, fair.ids["bert"], days=1, timezone="Asia/Shanghai", now=now)
    assert {one.reason for one in bert.outages} <= {
        "failed",
        "stock",
        "busy",
        "unknown",
        "price",
        "off_sale",
        "request",
    }
