"""Seal what was recorded."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.watermark import advance, next_range

SEAL = Statement("goodfor.ledger", "sql/seal.sql")
BATCH = 20_000


def seal(*, now: datetime, batch: int = BATCH) -> int:
    """Add a link to the hash chain of each shop with newly finished transactions; how many links.

    SHA-256 over every column of the headers and lines, over the link before it. `audit` computes it again.
    """
    with platform_job("ledger seal"), transaction.atomic():
        part = next_range("seal", batch)
        links = SEAL.run({"after": part.after, "upto": part.upto, "now": now}) if part.found else 0
        advance("seal", part)
    return links
