"""What single pieces of a line cost, and so what goes back with each of them: the one place that decides it. Pure."""


def price_of(net: int, quantity: int, first: int, count: int) -> int:
    """What the pieces `first` .. `first + count - 1` (from 0) of `quantity` cost in all, of a line that costs `net`.

    Piece k costs floor(net (k + 1) / q) - floor(net k / q): whole minor units, of one another at most one apart, and
    exact over all of them in whatever portions they are counted. Raises ValueError for pieces that the line has not.
    """
    if quantity < 1 or net < 0 or not 0 <= first <= first + count <= quantity:
        raise ValueError("the line has not so many pieces")
    return net * (first + count) // quantity - net * first // quantity


def next_price(net: int, quantity: int, back: int, count: int) -> int:
    """What the next `count` pieces cost after `back` were given back; at most those that are left."""
    first = min(back, quantity)
    return price_of(net, quantity, first, min(count, quantity - first))


def unit_floor(net: int, quantity: int) -> int:
    """What every piece costs at least."""
    return net // quantity
