"""Forecasts: the band holds what it promises, on demand whose law is known."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest

from goodfor.insights import queries
from goodfor.insights.forecasting import COVER, HORIZONS, MEAN, MODEL, Past, forecast, mean_band
from goodfor.insights.models import Forecast
from goodfor.insights.operations.make_forecasts import make_forecasts
from goodfor.insights.tests.conftest import Market
from goodfor.insights.tests.cubes import fill

TODAY = date(2026, 6, 1)


def demand(seed: int, days: int, level: float, weekly: float) -> list[int]:
    """Counts with a weekly swing that vary more than Poisson's."""
    luck = np.random.default_rng(seed)
    at = np.arange(days)
    mean = level * (1 + weekly * np.sin(2 * np.pi * at / 7)) * luck.gamma(20, 1 / 20, days)
    return [int(n) for n in luck.poisson(mean)]


def test_the_band_holds_the_future_as_often_as_it_says() -> None:
    whole = [demand(seed, 230, 4 + 3 * (seed % 12), 0.5) for seed in range(36)]
    pasts = [Past(UUID(int=seed + 1), units[:200]) for seed, units in enumerate(whole)]
    found = forecast(pasts, TODAY)
    assert {one.method for one in found} == {MODEL}
    assert len(found) == 36 * len(HORIZONS)
    for horizon in HORIZONS:
        inside = width = off = 0.0
        for one in (each for each in found if each.horizon == horizon):
            actual = sum(whole[one.sku_id.int - 1][200 : 200 + horizon])
            assert 0 <= one.low <= one.mid <= one.high
            inside += one.low <= actual <= one.high
            width += (one.high - one.low) / max(actual, 1)
            off += abs(one.mid - actual) / max(actual, 1)
        assert COVER - 0.2 <= inside / 36 <= 1, horizon
        assert off / 36 < 0.25, horizon
        assert width / 36 < 1.2, horizon


def test_a_short_past_goes_on_as_it_was() -> None:
    [one] = [each for each in forecast([Past(UUID(int=1), demand(1, 20, 10, 0.0))], TODAY) if each.horizon == 7]
    assert one.method == MEAN
    assert one.low < 70 < one.high
    assert one.low > 30
    assert one.high < 120
    assert mean_band([], 7) == mean_band([0] * 30, 7) == (0, 0, 0)
    assert mean_band([5], 7)[0] <= 35 <= mean_band([5], 7)[2]
    large = mean_band([2_000_000] * 30, 30)
    assert large[0] <= 60_000_000 <= large[2]


def test_the_mean_band_is_the_distributions() -> None:
    """Against drawn samples: 8 of 10 sums lie inside."""
    units = demand(3, 56, 6, 0.0)
    low, mid, high = mean_band(units, 14)
    luck = np.random.default_rng(1)
    mean, spread = float(np.mean(units)), float(np.var(units, ddof=1))
    sums = luck.normal(mean * 14, (spread * 14 + spread * 14 * 14 / 56) ** 0.5, 20_000)
    assert 0.74 < float(((sums >= low) & (sums <= high)).mean()) < 0.88
    assert abs(mid - mean * 14) < 4


def test_equal_pasts_give_equal_forecasts() -> None:
    pasts = [Past(UUID(int=seed + 1), demand(seed, 120, 9, 0.3)) for seed in range(8)]
    assert forecast(pasts, TODAY) == forecast(pasts, TODAY)


@pytest.mark.django_db(transaction=True)
def test_forecasts_are_made_once_a_day_and_advise(market: Market) -> None:
    fill(
        market.shop_id,
        TODAY - timedelta(days=60),
        TODAY - timedelta(days=1),
        [market.first, market.second],
        [UUID(int=0)],
    )
    assert make_forecasts(shop_id=market.shop_id, today=TODAY) == 2
    assert make_forecasts(shop_id=market.shop_id, today=TODAY) == 0
    assert Forecast.objects.filter(shop_id=market.shop_id).count() == 2 * len(HORIZONS)
    assert make_forecasts(shop_id=market.shop_id, today=TODAY + timedelta(days=1)) == 2
    assert set(Forecast.objects.values_list("made_on", flat=True)) == {TODAY + timedelta(days=1)}
    advised = queries.restock(market.shop_id, 30)
    assert {one.sku_id for one in advised} == {market.first, market.second}
    for one in advised:
        assert one.available > 0
        assert one.advice == max(0, one.demand.high - one.available)
        assert one.days_left == pytest.approx(one.available * 30 / one.demand.mid)
    assert advised == sorted(advised, key=lambda one: one.days_left or 0)
    assert [one.sku_id for one in queries.demand_of(market.shop_id, 7)] != []
