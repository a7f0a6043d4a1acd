"""What the demos expect, and wait for."""

import time
from collections.abc import Callable

from goodfor.cli.demo.shopper import Unexpected


def expect(what: str, found: object, wanted: object) -> None:
    """Raises Unexpected unless both are the same."""
    if found != wanted:
        raise Unexpected(f"{what}: {found}, not {wanted}")


def wait_for(what: str, held: Callable[[], bool], seconds: float = 15.0) -> None:
    """Raises Unexpected when it does not hold in time."""
    limit = time.monotonic() + seconds
    while not held():
        if time.monotonic() > limit:
            raise Unexpected(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
