"""Both evaluators asked the same, and where they differ."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from goodfor.promotions.cart_types import Priced
from goodfor.promotions.evaluating.evaluate import price as fast
from goodfor.promotions.tests.reference.cases import Case
from goodfor.promotions.tests.reference.evaluator import price as slow


def asked(evaluator: Callable[..., Priced], case: Case) -> Priced:
    return evaluator(case.cart, case.plan, floor=case.floor, gifts=case.gifts, zone=case.zone)


def by_fast(case: Case) -> Priced:
    return asked(fast, case)


def comparable(priced: Priced) -> dict[str, object]:
    """All but what the page does not promise: the order of the trace, and how much is missing to a threshold."""
    trace = [replace(traced, missing=0) for traced in priced.trace]
    nobody = UUID(int=0)
    return {
        "nets": priced.nets,
        "shares": sorted(priced.shares, key=lambda one: (one.line, one.revision_id, one.coupon_id or nobody)),
        "gifts": sorted(priced.gifts, key=lambda one: one.revision_id),
        "trace": sorted(trace, key=lambda one: (one.revision_id, one.coupon_id or nobody)),
    }


def differences(case: Case) -> list[str]:
    """What is not the same, as (fast, slow); empty where all is."""
    one, other = comparable(by_fast(case)), comparable(asked(slow, case))
    return [f"{name}: {one[name]} is not {other[name]}" for name in one if one[name] != other[name]]
