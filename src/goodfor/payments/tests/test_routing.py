"""Which account a payment goes to: device, amount, priority, health; never a method that cannot work there."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.kernel.money import Money
from goodfor.payments.routing import NEEDS_PAYER, Candidate, Health, Paying, ranked, wishes
from goodfor.payments.ways import ranked_brands

WECHAT, ALIPAY, EPAY, SPARE = (UUID(int=n) for n in range(1, 5))


def account(account_id: UUID, provider: str, *methods: str, **wish: int) -> list[Candidate]:
    return [Candidate(account_id, provider, f"{provider}-{account_id.int}", method, **wish) for method in methods]


DIRECT = account(WECHAT, "wechat", "jsapi", "native", "h5", "app", "mini")
GATE = account(EPAY, "epay", "wxpay", "alipay")


@pytest.mark.parametrize(
    ("device", "known", "expected"),
    [
        ("pc", False, "native"), ("mobile", False, "h5"), ("wechat", True, "jsapi"), ("wechat", False, "native"),
        ("alipay", False, "native"), ("app", False, "app"), ("mini", True, "mini"), ("mini", False, None),
    ],
)  # fmt: skip
def test_method_of_the_device(device: str, known: bool, expected: str | None) -> None:
    found = ranked(DIRECT, Paying(Money(990, "CNY"), device, known), {})
    assert [one.method for one in found] == ([expected] if expected else [])


def test_inside_wechat_alipay_is_a_code() -> None:
    found = ranked(account(ALIPAY, "alipay", "page", "wap", "precreate"), Paying(Money(990, "CNY"), "wechat"), {})
    assert [one.method for one in found] == ["precreate"]


def test_amounts_priorities_and_health() -> None:
    spare = account(SPARE, "wechat", "native", priority=10, least=1000, most=5000)
    both = [*DIRECT, *spare]
    for amount, first in ((999, WECHAT), (1000, SPARE), (5000, SPARE), (5001, WECHAT)):
        assert ranked(both, Paying(Money(amount, "CNY")), {})[0].account_id == first
    sick = {SPARE: Health(answered=2, silent=3)}
    assert [one.account_id for one in ranked(both, Paying(Money(2000, "CNY")), sick)] == [WECHAT, SPARE]
    # Two silent calls are no sickness, and a sick account is still used where there is no other.
    assert ranked(both, Paying(Money(2000, "CNY")), {SPARE: Health(0, 2)})[0].account_id == SPARE
    assert ranked(spare, Paying(Money(2000, "CNY")), sick)[0].account_id == SPARE


def test_the_channel_itself_goes_before_a_gateway_in_between() -> None:
    wechat = [one for one in [*GATE, *DIRECT] if one.brand == "wechat"]
    assert [one.account_id for one in ranked(wechat, Paying(Money(990, "CNY")), {})] == [WECHAT, EPAY]


def test_brands_in_the_operators_order() -> None:
    shop = [*account(ALIPAY, "alipay", "page", priority=1), *DIRECT, *GATE]
    assert ranked_brands(shop, Paying(Money(990, "CNY"))) == ["alipay", "wechat"]
    assert ranked_brands(account(WECHAT, "wechat", "mini"), Paying(Money(990, "CNY"))) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, (50, 0, None)),
        ({"priority": "5", "least": "0.01", "most": "500"}, (5, 1, 50000)),
        ({"priority": "-1", "least": "x", "most": ""}, (50, 0, None)),
        ({"priority": "²", "least": "1.001", "most": None}, (50, 0, None)),
    ],
)
def test_wishes_that_make_no_sense_are_none(config: dict[str, object], expected: tuple[int, int, int | None]) -> None:
    assert wishes(config, "CNY") == expected


@given(
    st.lists(
        st.builds(
            Candidate,
            account_id=st.sampled_from([uuid4() for _ in range(4)]),
            provider=st.sampled_from(["wechat", "alipay", "epay", "stripe", "other"]),
            account_code=st.sampled_from("abc"),
            method=st.sampled_from(["jsapi", "mini", "native", "h5", "page", "wap", "precreate", "checkout", "x"]),
            priority=st.integers(0, 99),
            least=st.integers(0, 5000),
            most=st.none() | st.integers(0, 5000),
        ),
        max_size=12,
    ),
    st.sampled_from(["pc", "mobile", "wechat", "alipay", "app", "mini", "?"]),
    st.booleans(),
    st.integers(1, 6000),
)
def test_never_what_cannot_serve_and_each_account_once(
    candidates: list[Candidate], device: str, known: bool, amount: int
) -> None:
    found = ranked(candidates, Paying(Money(amount, "CNY"), device, known), {})
    assert len({one.account_id for one in found}) == len(found)
    for one in found:
        assert one in candidates
        assert one.least <= amount
        assert one.most is None or amount <= one.most
        assert known or (one.provider, one.method) not in NEEDS_PAYER
