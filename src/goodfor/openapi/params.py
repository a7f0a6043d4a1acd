"""Parameters of addresses and queries that operations share."""

from typing import Any

from ninja.params.functions import Path, Query

from goodfor.openapi.cursors import DEFAULT_LIMIT, MAX_LIMIT
from goodfor.openapi.schemas import MAX_IDS

CURSOR: Any = Query(None, max_length=200, description="`next_cursor` of the page before.")
LIMIT: Any = Query(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
EXTERNAL_REF: Any = Query(
    None, min_length=1, max_length=64, description="Your own order number: only the order that has it."
)
CATEGORY: Any = Query(None, max_length=64, description="Slug of a category.")
WORDS: Any = Query(None, max_length=100, description="Words to look for.")
SKU_IDS: Any = Query(..., min_length=1, max_length=MAX_IDS, description="Repeat for several SKUs.")
NUMBER: Any = Path(..., min_length=8, max_length=32, pattern=r"^[0-9A-Z]+$", description="The order's number.")
