"""Arithmetic of cards, and whether a skin can be read: pure."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.cards import looks, states
from goodfor.cards.codes import random_codes
from goodfor.cards.worth import MOST, after_return, after_use, worth
from goodfor.risk.doors.codes import ALPHABET, BITS, parse_code, shown

MINOR = st.integers(1, MOST)
#: A machine that does other things as well draws slowly.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(st.integers(0, MOST), MINOR, st.lists(st.tuples(st.booleans(), MINOR), max_size=8))
def test_nothing_of_a_price_is_lost_on_the_way(price: int, face: int, steps: list[tuple[bool, int]]) -> None:
    """Whatever is used and comes back: what is owed is the price less what was used of it, and none of it below 0."""
    basis, rest, gone, used = face, face, 0, 0
    for back, minor in steps:
        if back and used:
            minor = 1 + minor % used
            basis, rest, again = after_return(price, basis, rest, minor, goods=False)
            gone, used = gone - again, used - minor
        elif not back and rest:
            minor = 1 + minor % rest
            basis, rest, worn = after_use(price, basis, rest, minor)
            gone, used = gone + worn, used + minor
        assert (basis, rest) == (face, face - used)
        assert worth(price, basis, rest) == price - gone >= 0
    if rest == face:
        assert gone == 0


@CALM
@given(st.integers(0, MOST), MINOR, st.data())
def test_goods_are_good_again_once_all_is_back(price: int, cost: int, data: st.DataObject) -> None:
    basis, rest, worn = after_use(price, 0, 0, cost)
    assert (basis, rest, worn) == (cost, 0, price)
    part = data.draw(st.integers(1, cost))
    basis, rest, again = after_return(price, basis, rest, part, goods=True)
    if part < cost:
        assert (basis, rest) == (cost, part)
        basis, rest, more = after_return(price, basis, rest, cost - part, goods=True)
        again += more
    assert (basis, rest, again) == (0, 0, price)


@pytest.mark.parametrize(("rest", "minor"), [(5, 6), (5, 0), (0, 1)])
def test_no_more_than_there_is(rest: int, minor: int) -> None:
    with pytest.raises(ValueError, match="not so much"):
        after_use(10, 10, rest, minor)
    with pytest.raises(ValueError, match="more than"):
        after_return(10, 10, 10 - rest, rest + 1, goods=False)


def test_codes_find_every_slip_and_every_two_that_changed_places() -> None:
    assert BITS >= 80
    made = random_codes(400)
    assert len(set(made)) == 400
    for code in made[:5]:
        assert parse_code(shown(code).lower()) == code
        for place in range(len(code)):
            for letter in ALPHABET:
                assert letter == code[place] or parse_code(code[:place] + letter + code[place + 1 :]) is None
            if place and code[place] != code[place - 1]:
                assert parse_code(code[: place - 1] + code[place] + code[place - 1] + code[place + 1 :]) is None


@pytest.mark.parametrize(
    ("ink", "paper", "well"),
    [
        ("#ffffff", "#000000", True), ("#ffffff", "#1f4d3a", True), ("#777777", "#ffffff", False),
        ("#767676", "#ffffff", True), ("#fff", "#000000", False), ("red", "#ffffff", False),
        ("#FFFFFF", "#000000", False),
    ],
)  # fmt: skip
def test_a_skin_can_be_read(ink: str, paper: str, well: bool) -> None:
    assert looks.readable(ink, paper) is well


def test_what_may_follow_what() -> None:
    assert states.CARD.terminal == {states.REVOKED}
    assert states.CARD.transitions[states.USED] == {states.ACTIVE}
    assert states.MADE not in set().union(*states.CARD.transitions.values())
