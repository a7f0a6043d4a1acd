"""Add what pages have counted to the visits of their days."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from goodfor.insights.types import Seen
from goodfor.kernel.sql import Statement

_NOTE: Final = Statement("goodfor.insights", "sql/note_visits.sql")


@transaction.atomic(savepoint=False)
def note_visits(*, seen: Sequence[Seen]) -> int:
    """Each key at most once; how many rows moved."""
    return _NOTE.run({
        "shops": [one.shop_id for one in seen], "days": [one.day for one in seen], "steps": [one.step for one in seen],
        "products": [one.product_id for one in seen], "visitors": [one.visitors for one in seen],
        "views": [one.views for one in seen],
    })  # fmt: skip
