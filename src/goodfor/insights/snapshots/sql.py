"""What DuckDB is asked: texts of ours alone, everything from outside is a parameter."""

from collections.abc import Mapping, Sequence
from typing import Final

from goodfor.insights.types import MEASURES, NONE

#: How each dimension is told from a row of the cube.
_DIMENSIONS: Final[Mapping[str, str]] = {
    "day": "day::varchar",
    "week": "date_trunc('week', day)::date::varchar",
    "month": "date_trunc('month', day)::date::varchar",
    "quarter": "date_trunc('quarter', day)::date::varchar",
    "year": "date_trunc('year', day)::date::varchar",
    "weekday": "isodow(day)::varchar",
    "sku": "sku_id::varchar",
    "category": f"coalesce(shelf.category, '{NONE}')",
    "supplier": "supplier_id::varchar",
    "channel": "channel",
    "method": "method",
    "segment": "segment",
    "campaign": "campaign_id::varchar",
}
#: Filters: what a null list means all of.
_WHERE: Final = """
 WHERE day >= $first::date AND day <= $last::date AND currency = $currency
   AND ($skus::uuid[] IS NULL OR list_contains($skus::uuid[], sku_id))
   AND ($suppliers::uuid[] IS NULL OR list_contains($suppliers::uuid[], supplier_id))
   AND ($campaigns::uuid[] IS NULL OR list_contains($campaigns::uuid[], campaign_id))
   AND ($categories::varchar[] IS NULL OR list_contains($categories::varchar[], shelf.category))
   AND ($channels::varchar[] IS NULL OR list_contains($channels::varchar[], channel))
   AND ($methods::varchar[] IS NULL OR list_contains($methods::varchar[], method))
   AND ($segments::varchar[] IS NULL OR list_contains($segments::varchar[], segment))
"""
#: Cohorts: (part, cohort, n-th span after it, buyers, orders, paid). A buyer's part is told by the first order; of
#: several on one day by the one that comes first in the alphabet.
COHORTS: Final = """
WITH bought AS (
    SELECT buyer, day, {part} AS part, paid_minor FROM read_parquet($files)
     WHERE currency = $currency AND buyer IS NOT NULL AND day <= $last::date
), met AS (
    SELECT buyer, min(struct_pack(day := day, part := part)) AS met FROM bought GROUP BY buyer
), spans AS (
    SELECT m.met.part AS part, date_trunc($unit, m.met.day)::date AS cohort, date_trunc($unit, b.day)::date AS span,
           b.buyer, b.paid_minor
      FROM bought b JOIN met m ON m.buyer = b.buyer
     WHERE m.met.day >= date_trunc($unit, $first::date)
)
SELECT part, cohort::varchar, date_diff($unit, cohort, span), count(DISTINCT buyer), count(*), sum(paid_minor)::bigint
  FROM spans GROUP BY part, cohort, span ORDER BY part, cohort, span
"""


def free_sql(by: Sequence[str], order: str) -> str:
    """The figures by these dimensions, a row each: keys, then measures. Raises KeyError for one that there is not."""
    keys = ", ".join(_DIMENSIONS[name] for name in by)
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in MEASURES)
    places = ", ".join(str(place + 1) for place in range(len(by)))
    sorting = f"{MEASURES.index(order) + 1 + len(by)} DESC, {places}" if order else places
    return f"""
    SELECT {keys}, {sums}
      FROM read_parquet($files)
      LEFT JOIN (SELECT unnest($shelved::varchar[]) AS sku, unnest($shelves::varchar[]) AS category) shelf
             ON shelf.sku = sku_id::varchar
    {_WHERE}
     GROUP BY {places} ORDER BY {sorting}
    """  # noqa: S608  (names of ours)
