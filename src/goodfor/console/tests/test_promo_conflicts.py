"""Which campaigns meet on one order, and which of that is worth a line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from goodfor.console.promo_conflicts import ADDED, BETTER, EXCLUDED, SAME_CATEGORY, Planned, conflicts
from goodfor.console.tests.promo_things import reduce_spec
from goodfor.promotions.types import ACTIVITY, BY_CHOICE, EXCLUSIVE, JOINT, BundlePrice, Scope, Spec, UnitPrice, Window

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SKU, OTHER, PRODUCT, CATEGORY = (UUID(int=n) for n in range(1, 5))
GOODS = {SKU: (PRODUCT, CATEGORY), OTHER: (PRODUCT, CATEGORY)}
WINDOW = Window(NOW, NOW + timedelta(days=7))
COUPON_SPEC, FULL = reduce_spec(NOW, coupon=True), reduce_spec(NOW)
FLASH = Spec("flash", ACTIVITY, WINDOW, Scope(skus=frozenset({SKU})), UnitPrice(500))
GROUP = replace(FLASH, play="group", trigger=BY_CHOICE)
BUNDLE = replace(FLASH, play="bundle", effect=BundlePrice(900), play_settings={"bundle": "a"})


def verdicts(*specs: Spec) -> list[str]:
    planned = [Planned(UUID(int=number), str(number), spec) for number, spec in enumerate(specs)]
    return [meeting.verdict for meeting in conflicts(planned, GOODS)]


def test_coupons_are_listed_where_they_exclude_one_another_only() -> None:
    assert verdicts(COUPON_SPEC, COUPON_SPEC, COUPON_SPEC) == []
    assert verdicts(COUPON_SPEC, replace(COUPON_SPEC, stacking=EXCLUSIVE)) == [EXCLUDED]
    of_one = replace(COUPON_SPEC, category="新人")
    assert verdicts(of_one, of_one, COUPON_SPEC) == [SAME_CATEGORY]
    assert verdicts(of_one, replace(of_one, stacking=JOINT)) == []
    # With what gives by itself they add up, which not everybody has in mind.
    assert verdicts(COUPON_SPEC, FULL) == [ADDED]
    assert verdicts(FLASH, FULL) == [ADDED]
    assert verdicts(FLASH, GROUP) == [BETTER]


def hours(spec: Spec, *spans: tuple[int, int], days: frozenset[int] = frozenset()) -> Spec:
    return replace(spec, window=replace(spec.window, hours=spans, weekdays=days))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (hours(FLASH, (600, 720)), hours(FULL, (720, 780), (1200, 1320))),
        (hours(FLASH, days=frozenset({6, 7})), hours(FULL, days=frozenset({1}))),
        (replace(FLASH, channels=frozenset({"web"})), replace(FULL, channels=frozenset({"wechat"}))),
        (GROUP, replace(GROUP, play="bargain")),
        (GROUP, COUPON_SPEC),
        (FLASH, replace(FLASH, scope=Scope(skus=frozenset({OTHER})))),
        (FLASH, replace(FULL, window=Window(NOW + timedelta(days=7), NOW + timedelta(days=8)))),
        (BUNDLE, FLASH),
        (BUNDLE, FULL),
        (BUNDLE, replace(BUNDLE, play_settings={"bundle": "b"})),
    ],
)
def test_what_no_order_can_have_both_of_is_not_listed(one: Spec, other: Spec) -> None:
    assert verdicts(one, other) == verdicts(other, one) == []


def test_what_can_meet_is_listed_still() -> None:
    assert verdicts(hours(FLASH, (600, 720)), hours(FULL, (700, 780))) == [ADDED]
    assert verdicts(replace(FLASH, channels=frozenset({"web"})), FULL) == [ADDED]
    with_bundles = Scope(everything=True, bundles=True)
    # What takes bundles' lines takes the others, too.
    assert verdicts(replace(FULL, scope=with_bundles), FLASH) == [ADDED]
    assert verdicts(BUNDLE, replace(COUPON_SPEC, scope=with_bundles)) == [ADDED]
    assert verdicts(BUNDLE, BUNDLE) == [BETTER]
