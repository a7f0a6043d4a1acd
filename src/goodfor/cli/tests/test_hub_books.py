"""What the storm takes for a line bought twice, and what for a supplier's own fault."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.cli.hub.books import Compared, Ours, _delivered


def order(*secrets: str, quantity: int = 1, honest: bool = True) -> dict[str, Any]:
    """In a supplier's books; what it gave beyond the quantity is not honest, as its stand-in notes it."""
    codes = [{"secret": one, "honest": honest and place < quantity} for place, one in enumerate(secrets)]
    return {"quantity": quantity, "codes": codes}


def compared(orders: dict[str, tuple[UUID, str, dict[str, Any]]], ordered: int = 1) -> Compared:
    """Our purchases (number -> line, state) beside the suppliers' orders of these numbers."""
    mine = [Ours(number, line, "anna", state, "", False) for number, (line, state, _order) in orders.items()]
    theirs = {("anna", number): theirs for number, (_line, _state, theirs) in orders.items()}
    found = Compared()
    _delivered(mine, theirs, {one.line_id: ordered for one in mine}, found)
    return found


LINE, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize("second", ["delivered", "failed", "late", "unknown"])
def test_two_orders_with_goods_of_their_own_are_one_too_many(second: str) -> None:
    """However our own purchase says it ended: only the supplier's books count."""
    found = compared({"1": (LINE, "delivered", order("a")), "2": (LINE, second, order("b"))})
    assert found.twice == [f"line {LINE}: 2 of 1"]


def test_a_code_that_a_supplier_gave_to_two_is_good_for_one() -> None:
    """The copy came first and was kept; the order whose code it was had to be bought again."""
    found = compared({
        "1": (OTHER, "delivered", order("a", honest=False)), "2": (LINE, "failed", order("a ")),
        "3": (LINE, "delivered", order("b")),
    })  # fmt: skip
    assert (found.twice, found.figures["codes_given_to_two_orders"]) == ([], 1)
    kept = compared({"2": (LINE, "delivered", order("a")), "1": (OTHER, "failed", order("a", honest=False)),
                     "3": (LINE, "delivered", order("b"))})  # fmt: skip
    assert kept.twice == [f"line {LINE}: 2 of 1"], "it was kept, and bought again all the same"


def test_a_stranger_and_an_honest_double_are_told() -> None:
    found = compared({"1": (LINE, "delivered", order("a")), "2": (OTHER, "failed", order("a"))})
    assert found.twice == ["a stand-in honestly gave one code 2 times"]
    strange = Compared()
    _delivered([], {("anna", "9"): order("x")}, {}, strange)
    assert strange.twice == ["anna 9: ordered, and we know nothing of it"]


def test_what_came_beyond_the_order_was_not_bought() -> None:
    found = compared({"1": (LINE, "delivered", order("a", "b"))})
    assert (found.twice, set(found.given), found.figures["surplus_codes"]) == ([], {"a", "b"}, 1)
