"""Windows that look back in time within a key, for millions of rows at once. Pure."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY = 86_400
#: No window may reach back further than this, in seconds.
FURTHEST = 400 * DAY


class Groups:
    """Rows in the order of (key, time); rows of one second keep their order. All positions below are in that order.

    `keys` and `seconds` are arrays of one length. `order[position]` is the row, `place[row]` its position.
    """

    __slots__ = ("_line", "order", "place", "seconds", "start")

    def __init__(self, keys: NDArray[np.integer], seconds: NDArray[np.integer]) -> None:
        _, compact = np.unique(keys, return_inverse=True)
        # One number line for all keys, so far apart that no window reaches the rows of another key.
        apart = int(seconds.max(initial=0)) + FURTHEST + 1
        line = compact.astype(np.int64) * apart + seconds
        self.order: Ints = np.argsort(line, kind="stable")
        self._line: Ints = line[self.order]
        self.place: Ints = np.empty_like(self.order)
        self.place[self.order] = np.arange(self.order.size)
        self.seconds: Ints = seconds[self.order].astype(np.int64)
        #: The first position of a row's key.
        self.start: Ints = np.searchsorted(self._line, self._line - self.seconds, side="left")

    def after(self, age: int, at: Ints) -> Ints:
        """For the rows at these positions, the first position of the same key that is younger than `age` seconds."""
        if not 0 <= age <= FURTHEST:
            raise ValueError(f"a window of {age} s")
        return np.searchsorted(self._line, self._line[at] - age, side="right")

    def sums(self, values: NDArray[np.bool_] | Ints) -> Ints:
        """Running sums in this order, with a zero before the first: a window's sum is the difference of two."""
        running = np.zeros(values.size + 1, dtype=np.int64)
        np.cumsum(values[self.order], out=running[1:])
        return running


def ratio(part: Ints, whole: Ints, empty: float) -> Floats:
    """part / whole as floats; `empty` where whole is 0."""
    result = np.full(part.shape, empty, dtype=np.float64)
    np.divide(part, whole, out=result, where=whole != 0)
    return result
