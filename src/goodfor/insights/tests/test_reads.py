"""Whatever is asked, at whichever grain it is answered: the same as adding up the finest rows."""

import random
from collections import defaultdict
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from goodfor.catalog import queries as catalog
from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.models import Cube
from goodfor.insights.reads import parts_of
from goodfor.insights.tests.conftest import Market
from goodfor.insights.tests.cubes import fill
from goodfor.insights.types import MEASURES, Ask, Figures, Table

FIRST, LAST = date(2026, 1, 20), date(2026, 4, 10)


@pytest.fixture
def filled(market: Market) -> list[UUID]:
    skus = [market.first, market.second, *(uuid4() for _ in range(3))]
    fill(market.shop_id, FIRST, LAST, skus, [UUID(int=0), UUID(int=1)])
    return skus


def by_hand(market: Market, ask: Ask, by: str) -> dict[str, Figures]:
    found: dict[str, Figures] = defaultdict(Figures)
    for row in Cube.objects.filter(shop_id=market.shop_id, grain="d", day__gte=ask.first, day__lte=ask.last):
        if (
            (ask.sku_ids is None or row.sku_id in ask.sku_ids)
            and (ask.supplier_ids is None or row.supplier_id in ask.supplier_ids)
            and (ask.channels is None or row.channel in ask.channels)
            and (ask.methods is None or row.method in ask.methods)
            and (ask.segments is None or row.segment in ask.segments)
        ):
            keys = {
                "": "", "day": row.day.isoformat(), "month": row.day.replace(day=1).isoformat(),
                "week": (row.day - timedelta(days=row.day.weekday())).isoformat(), "sku": str(row.sku_id),
                "supplier": str(row.supplier_id), "channel": row.channel, "method": row.method,
                "segment": row.segment,
            }  # fmt: skip
            found[keys[by]] += Figures(*(getattr(row, name) for name in MEASURES))
    return found


@pytest.mark.django_db(transaction=True)
def test_any_question_has_the_answer_of_its_rows(market: Market, filled: list[UUID]) -> None:
    luck = random.Random(5)
    for _ in range(40):
        first = FIRST + timedelta(days=luck.randint(0, 80))
        ask = Ask(
            first, first + timedelta(days=luck.randint(0, 80)), "CNY",
            sku_ids=luck.choice([None, None, tuple(luck.sample(filled, 2)), ()]),
            supplier_ids=luck.choice([None, None, (UUID(int=1),)]),
            channels=luck.choice([None, ("api",)]), methods=luck.choice([None, ("alipay", "none")]),
            segments=luck.choice([None, ("new",)]),
        )  # fmt: skip
        by = luck.choice(["", "day", "week", "month", "sku", "supplier", "channel", "method", "segment"])
        expected = by_hand(market, ask, by)
        assert {one.key: one.figures for one in queries.slices(market.shop_id, ask, by)} == expected, (ask, by)
        assert queries.totals(market.shop_id, ask) == sum(expected.values(), Figures())


@pytest.mark.django_db(transaction=True)
def test_the_first_page(market: Market, filled: list[UUID]) -> None:
    ask = Ask(date(2026, 3, 1), date(2026, 3, 30), "CNY")
    board = queries.board(market.shop_id, ask)
    assert len(board.days) == 30
    assert board.now == queries.totals(market.shop_id, ask)
    assert board.before == queries.totals(market.shop_id, Ask(date(2026, 1, 30), date(2026, 2, 28), "CNY"))
    assert board.now.profit_minor == board.now.margin_minor - board.now.fee_minor > 0
    with pytest.raises(InvalidAsk):
        queries.totals(market.shop_id, Ask(LAST, FIRST, "CNY"))
    with pytest.raises(InvalidAsk):
        queries.totals(market.shop_id, Ask(date(2000, 1, 1), LAST, "CNY"))
    assert queries.totals(market.shop_id, Ask(FIRST, LAST, "USD")) == Figures()


@pytest.mark.django_db(transaction=True)
def test_categories_are_those_of_today(market: Market, filled: list[UUID]) -> None:
    ask = Ask(FIRST, LAST, "CNY")
    by_sku = {one.key: one.figures for one in queries.slices(market.shop_id, ask, "sku")}
    by_category = {one.key: one for one in queries.slices(market.shop_id, ask, "category")}
    shelves = catalog.categories(market.shop_id)
    known = [one for one in by_category.values() if one.key != str(UUID(int=0))]
    assert sum((one.figures for one in by_category.values()), Figures()) == sum(by_sku.values(), Figures())
    assert {one.name for one in known} <= {shelf.name for shelf in shelves}
    inside = Ask(FIRST, LAST, "CNY", category_ids=tuple(UUID(one.key) for one in known))
    assert queries.totals(market.shop_id, inside) == by_sku[str(market.first)] + by_sku[str(market.second)]


@pytest.mark.django_db(transaction=True)
def test_top_and_flop(market: Market, filled: list[UUID]) -> None:
    top, flop = queries.tops(market.shop_id, Ask(FIRST, LAST, "CNY"), "sku", measure="margin_minor", most=2)
    ranked = [one.figures.margin_minor for one in top] + [one.figures.margin_minor for one in flop][::-1]
    assert len(ranked) == 4
    assert ranked == sorted(ranked, reverse=True)
    with pytest.raises(InvalidAsk):
        queries.tops(market.shop_id, Ask(FIRST, LAST, "CNY"), "sku", measure="__class__")


@pytest.mark.django_db(transaction=True)
def test_a_table_and_its_files(market: Market, filled: list[UUID]) -> None:
    ask = Ask(FIRST, LAST, "CNY")
    table = queries.figures_table(market.shop_id, ask, "sku")
    assert len(table.rows) == 5
    assert len(table.columns) == len(table.meanings) == len(table.rows[0])
    best = queries.slices(market.shop_id, ask, "sku")[0]
    assert table.rows[0][1] == f"{best.figures.paid_minor // 100}.{best.figures.paid_minor % 100:02}"
    text = queries.as_csv(table).decode("utf-8-sig")
    assert text.count("\r\n") == 6
    book = CalamineWorkbook.from_filelike(BytesIO(queries.as_xlsx(table)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == list(table.columns)
    assert rows[1][1] == best.figures.paid_minor / 100
    with pytest.raises(InvalidAsk):
        queries.figures_table(market.shop_id, ask, "sku", ["secret"])
    with pytest.raises(InvalidAsk):
        queries.figures_table(market.shop_id, ask, "shop_id")  # type: ignore[arg-type]
    assert queries.steps_table(market.shop_id, ask).rows == ()


def test_texts_that_look_like_formulas_are_texts() -> None:
    table = Table("t", ("a", "b"), (("=1+1", "-5.20"), ("@x", None), ("+a", 3)))
    lines = queries.as_csv(table).decode("utf-8-sig").split("\r\n")
    assert lines[1:4] == ["'=1+1,-5.20", "'@x,", "'+a,3"]
    rows = CalamineWorkbook.from_filelike(BytesIO(queries.as_xlsx(table))).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "=1+1"


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(0, 800), st.sampled_from(["", "day", "month", "sku"]))
def test_the_stretches_are_the_days_each_once(first: date, days: int, by: str) -> None:
    for skus in (None, (UUID(int=1),)):
        ask = Ask(first, first + timedelta(days=days), "CNY", sku_ids=skus)
        covered: list[date] = []
        for grain, begin, end in parts_of(ask, by):  # type: ignore[arg-type]
            if grain == "m":
                assert begin.day == (end + timedelta(days=1)).day == 1
            covered += [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
        assert covered == [first + timedelta(days=n) for n in range(days + 1)]
