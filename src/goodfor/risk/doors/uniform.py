"""Whoever is not right learns nothing more: one error, the same work, and the same time whatever was the matter."""

import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from math import ceil
from typing import Final, TypeVar

from django.conf import settings

from goodfor.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from goodfor.risk.errors import NotAccepted

T = TypeVar("T")
#: Longer than the work of any way through a door takes on a busy machine.
STEADY: Final = 0.12
#: What says more than that it was not right.
TELLING: Final[tuple[type[DomainError], ...]] = (NotFound, Conflict, Forbidden, InvalidInput)
_NOBODY: Final = bytes(32)


@contextmanager
def steady(
    seconds: float = STEADY, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """The block takes `seconds`, or a whole multiple of that where it took longer; also when it raises.

    No random pause: that only needs more tries to be averaged out. Outside of a transaction: it sleeps.
    """
    began = clock()
    try:
        yield
    finally:
        taken = clock() - began
        end = began + seconds * max(1, ceil(taken / seconds))
        while (left := end - clock()) > 0:
            sleep(left)


@contextmanager
def in_steady_time() -> Iterator[None]:
    """The block takes GOODFOR_STEADY_MS, as `steady`; 0: as long as it takes."""
    seconds = settings.GOODFOR_STEADY_MS / 1000
    with steady(seconds) if seconds else nullcontext():
        yield


def alike(
    work: Callable[[], T], *, seconds: float = STEADY, telling: tuple[type[DomainError], ...] = TELLING
) -> T:  # fmt: skip
    """What `work` returns; each of its `telling` errors becomes NotAccepted, and everything takes the same time."""
    with steady(seconds):
        try:
            return work()
        except telling:
            raise NotAccepted from None


def same_digest(stored: bytes | None, given: bytes) -> bool:
    """Whether two hashes are equal, in constant time; where nothing is stored the same is done with nobody's."""
    if stored is None or len(stored) != len(given):
        hmac.compare_digest(_NOBODY[: len(given)].ljust(len(given), b"\0"), given)
        return False
    return hmac.compare_digest(stored, given)


class SlowHash:
    """A slow check (a password's) that is as slow for nobody. `check(given, stored)`; `make(text)`: a stored form."""

    def __init__(self, check: Callable[[str, str], bool], make: Callable[[str], str]) -> None:
        self._check, self._make = check, make
        self._dummy: str | None = None

    def fits(self, given: str, stored: str | None) -> bool:
        """Whether `given` is right; without a stored form the work is done with one that nothing fits."""
        if stored:
            return self._check(given, stored)
        if self._dummy is None:
            self._dummy = self._make("nobody's")
        self._check(given, self._dummy)
        return False
