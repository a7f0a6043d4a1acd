"""What pieces of a line cost: whole minor units, almost alike, exact in whatever portions they are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.orders.pieces import next_price, price_of, unit_floor


@given(st.integers(1, 500), st.integers(0, 10**9), st.data())
def test_portions_in_a_row_are_the_whole(quantity: int, extra: int, data: st.DataObject) -> None:
    net = quantity + extra
    given_back = back = 0
    while back < quantity:
        count = data.draw(st.integers(1, quantity - back))
        part = price_of(net, quantity, back, count)
        assert 0 <= part - count * unit_floor(net, quantity) <= count
        given_back += part
        back += count
    assert given_back == net


def test_more_pieces_than_there_are_have_no_price() -> None:
    assert [price_of(10, 3, k, 1) for k in range(3)] == [3, 3, 4]
    assert next_price(10, 3, 2, 5) == 4
    assert next_price(10, 3, 3, 1) == next_price(0, 2, 0, 2) == 0
    for quantity, first, count in ((3, 3, 1), (3, -1, 1), (0, 0, 0), (3, 0, 4)):
        with pytest.raises(ValueError, match="not so many"):
            price_of(10, quantity, first, count)
