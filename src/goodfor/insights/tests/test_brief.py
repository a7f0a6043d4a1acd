"""The brief names what sticks out, the weightiest first, and never noise."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.utils.translation import override

from goodfor.insights.brief import Facts, look
from goodfor.insights.types import Demand, Figures, Restock, Slice, Steps, SupplierHealth
from goodfor.insights.wording_brief import _SENTENCES, sentence

USUAL = [
    Figures(paid_minor=100_000 + n, paid_orders=20, sales_minor=100_000 + n, cost_minor=80_000,
            sales_back_minor=1_000 + n, units=40, lines=20, orders=20)
    for n in (0, 500, -500, 200)
]  # fmt: skip
STEPS = [Steps(placed=40, paid=20 + n % 2, delivered=20, claims=1, placed_minor=200_000) for n in range(4)]


def kinds(facts: Facts) -> list[str]:
    return [one.kind for one in look(facts)]


def day(**changed: int) -> Figures:
    return Figures(**{**{name: getattr(USUAL[0], name) for name in Figures.__dataclass_fields__}, **changed})


def test_an_ordinary_day_has_three_ordinary_things() -> None:
    best = Slice("a", Figures(sales_minor=100, cost_minor=10, units=3), "甲")
    assert kinds(Facts(USUAL[1], USUAL, STEPS[0], STEPS, skus=[best])) == ["best_sku", "day", "kept"]
    assert look(Facts(Figures(), [])) == []


def test_what_sticks_out_comes_by_what_is_at_stake() -> None:
    facts = Facts(
        day(paid_minor=40_000, sales_back_minor=9_000, cost_minor=97_000), USUAL,
        Steps(placed=40, paid=8, delivered=8, claims=1, placed_minor=200_000), STEPS,
    )  # fmt: skip
    found = look(facts)
    assert [one.kind for one in found] == ["conversion_down", "sales_down", "margin_down"]
    assert [one.stake for one in found] == sorted((one.stake for one in found), reverse=True)
    assert found[1].facts == {"now": 40_000, "usual": 100_050}


def test_good_news_weighs_less() -> None:
    facts = Facts(day(paid_minor=150_000, paid_back_minor=20_000), USUAL)
    assert kinds(facts)[:2] == ["refunds_up", "sales_up"]


def test_of_each_kind_the_worst() -> None:
    skus = [uuid4() for _ in range(2)]
    short = [
        Restock(sku, f"货{n}", 2, Demand(sku, 14, 5, 20 + n, 30, date(2026, 1, 1), "mean"), 1.4, 28)
        for n, sku in enumerate(skus)
    ]
    usual = [Slice(str(sku), Figures(sales_minor=400, units=40, lines=4), f"货{n}") for n, sku in enumerate(skus)]
    loses = Slice("z", Figures(sales_minor=100, cost_minor=900, units=1), "亏")
    failing = SupplierHealth(UUID(int=1), "供", True, 50, 0.5, None)
    facts = Facts(USUAL[0], USUAL, short=short, skus=[loses], skus_usual=usual, suppliers=[failing])
    found = look(facts)
    assert [one.kind for one in found] == ["supplier_failing", "sku_loses", "stock_short"]
    assert found[2].facts["sku"] == "货1"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_has_its_words(language: str) -> None:
    facts = {
        "now": 1, "usual": 2, "count": 3, "left": 4, "days": 5, "advice": 6, "sku": "a", "supplier": "b", "rate": 0.5,
        "lost": 7, "units": 8, "profit": 9, "orders": 10, "gmv": 11, "net": 12,
    }  # fmt: skip
    with override(language):
        for kind in _SENTENCES:
            assert "%(" not in sentence(kind, facts, "CNY")
    with override("zh-hans"):
        assert "0.01" in sentence("sales_down", {"now": 1, "usual": 2}, "CNY")
        assert "50.0%" in sentence("supplier_failing", {"supplier": "b", "rate": 0.5}, "CNY")
