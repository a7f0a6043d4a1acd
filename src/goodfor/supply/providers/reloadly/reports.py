"""The list of transactions of a time, read to its end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply
from goodfor.supply.providers.reloadly.catalogue import rows_of
from goodfor.supply.providers.reloadly.client import Caller
from goodfor.supply.providers.reloadly.orders import FORMAT, ref_of

PAGE: Final = 100
MAX_PAGES: Final = 50


def transactions(caller: Caller, what: str, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Each once, those of both ends included. Raises as `Caller.get`, and BadReply where there are too many.

    What they say of how many pages there are is not trusted, as an end is a proof; whether the first page is 0 or 1 is
    not described, so that the first may come twice.
    """
    seen: set[str] = set()
    fields = {"startDate": since.strftime(FORMAT), "endDate": until.strftime(FORMAT), "size": str(PAGE)}
    for number in range(MAX_PAGES):
        rows, more = rows_of(caller.get(what, "/reports/transactions", fields | {"page": str(number)}))
        fresh = [row for row in rows if ref_of(row) not in seen]
        seen |= {ref_of(row) for row in fresh}
        yield from fresh
        if not more or not rows:
            return
        if not fresh and number >= 2:
            raise BadReply("same_page")
    raise BadReply("too_many")
