"""A failing case made small: drop what can go and fail still."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from goodfor.promotions.cart_types import Left
from goodfor.promotions.spec_types import Node
from goodfor.promotions.tests.reference.cases import Case


def smallest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Greedy, to the end."""
    while True:
        for smaller in _smaller(case):
            if fails(smaller):
                case = smaller
                break
        else:
            return case


def _smaller(case: Case) -> Iterator[Case]:
    for k in range(len(case.plan)):
        yield replace(case, plan=case.plan[:k] + case.plan[k + 1 :])
    for part in ("lines", "coupons", "choices", "bundles"):
        of = getattr(case.cart, part)
        for k in range(len(of)):
            if part != "lines" or len(of) > 1:
                yield replace(case, cart=replace(case.cart, **{part: of[:k] + of[k + 1 :]}))
    for k, line in enumerate(case.cart.lines):
        for change in ({"quantity": 1}, {"price": 100}, {"cost": 0}, {"bundle": None, "weight": None}):
            if any(getattr(line, name) != value for name, value in change.items()):
                lines = (*case.cart.lines[:k], replace(line, **change), *case.cart.lines[k + 1 :])
                yield replace(case, cart=replace(case.cart, lines=lines))
    if case.floor:
        yield replace(case, floor=0)
    for k, live in enumerate(case.plan):
        plainer = [
            replace(live, spec=replace(live.spec, **{name: value}))
            for name, value in (
                ("audience", None), ("channels", frozenset()), ("category", ""), ("stacking", "normal"),
                ("floor", None), ("loss_leader", False), ("node", Node()), ("priority", 0), ("cut", True),
            )
            if getattr(live.spec, name) != value
        ]  # fmt: skip
        if live.left != Left():
            plainer.append(replace(live, left=Left()))
        for one in plainer:
            yield replace(case, plan=(*case.plan[:k], one, *case.plan[k + 1 :]))
