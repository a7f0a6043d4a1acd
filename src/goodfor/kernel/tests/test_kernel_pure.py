"""Money, ids, errors and machines need no database."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.ids import order_number, uuid7, uuid7_batch
from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import Machine


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(sum))
def test_shares_always_add_up_and_differ_from_exact_by_less_than_one(amount: int, weights: list[int]) -> None:
    shares = [s.amount_minor for s in Money(amount, "CNY").allocate(weights)]
    assert sum(shares) == amount
    assert all(abs(s - amount * w / sum(weights)) < 1.0001 for s, w in zip(shares, weights, strict=True))
    assert all(s == 0 for s, w in zip(shares, weights, strict=True) if w == 0)


def test_the_reference_allocation() -> None:
    assert [str(m) for m in Money(9990, "CNY").allocate([3000, 5000, 4000])] == [
        "24.98 CNY",
        "41.62 CNY",
        "33.30 CNY",
    ]


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY"]))
def test_decimal_strings_round_trip(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.as_decimal_string(), currency) == money


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "NaN", "1,000", " 1", "１", "--1", "1.2.3", "+1", "."])
def test_dirty_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Money.parse(text, "CNY")


def test_money_meets_only_its_own_currency() -> None:
    with pytest.raises(ValueError):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(TypeError):
        Money(1, "CNY") * 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1.0, "CNY")  # type: ignore[arg-type]


def test_ids_ascend_and_say_their_version() -> None:
    ids = [uuid7() for _ in range(1000)] + uuid7_batch(5000) + [uuid7()]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}


def test_order_numbers_carry_the_beijing_date_and_fit_channels() -> None:
    number = order_number(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert number.startswith("G270101")
    assert len(number) == 17
    assert number.isalnum()


def test_problem_details_never_lose_their_code() -> None:
    problem = NotFound("gone", code="stolen", sku="x").problem("/here")
    assert problem["code"] == "not_found"
    assert (problem["status"], problem["sku"], problem["instance"]) == (404, "x", "/here")
    assert DomainError().problem()["code"] == "domain_error"


@pytest.mark.parametrize(
    "table",
    [
        {"a": {"b"}},
        {"a": {"a"}},
        {"a": set(), "b": set()},
        {"a": {"b", "c"}, "b": {"a"}, "c": set(), "d": {"c"}},
        {"a": {"b", "c"}, "b": {"d"}, "d": {"b"}, "c": set()},
    ],
)
def test_broken_tables_are_refused(table: dict[str, set[str]]) -> None:
    with pytest.raises(ValueError):
        Machine("t", "a", {k: frozenset(v) for k, v in table.items()})
