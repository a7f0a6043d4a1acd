"""The soak of limits, small: 32 at once over real HTTP, three rounds of both limits."""

import json
from typing import Any

import pytest

from goodfor.cli import world
from goodfor.cli.soak.limits import AT_ONCE, MOST_BY_RULE, MOST_EXACT, TRIES_ALONE, bars, blow, figures, prepare
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import sql
from goodfor.risk import rule_cache

ROUNDS = 3


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_no_more_than_a_limit_pass_at_once(live_server: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    rule_cache.forget()
    made = world.make_shop(utc_now())
    prepare(made, utc_now(), rounds=ROUNDS)
    tally = blow(live_server.url, made, rounds=ROUNDS)
    assert [bar for bar in bars(tally) if not bar.ok] == [], json.dumps(figures(tally, 0.0))
    # What was counted here is what lies there: no answer was taken for another.
    sold = "SELECT count(*) FROM vault_code WHERE shop_id = %s AND sku_id = %s AND state = 2"
    assert sql(sold, [made.shop_id, made.skus["kw-100"]]) == [(sum(tally.by_rule) + tally.alone,)]
    kept = "SELECT count(*) FROM orders_order WHERE shop_id = %s AND state = 'placed'"
    assert sql(kept, [made.shop_id]) == [(ROUNDS * MOST_EXACT,)]
    # Each of them was written down, also those that were refused.
    tried = "SELECT count(*) FROM risk_event WHERE shop_id = %s AND scene = 5 AND result = 0"
    assert sql(tried, [made.shop_id]) == [(2 * ROUNDS * AT_ONCE + TRIES_ALONE,)]
    assert max(tally.by_rule) <= MOST_BY_RULE
    rule_cache.forget()
