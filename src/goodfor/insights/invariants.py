"""Truths about the figures: they are the books, in every grain, and nobody is counted twice."""

from goodfor.insights.states import REPORT
from goodfor.kernel.invariants import Invariant, history_invariant

_MEASURES = (
    "paid", "paid_back", "sales", "sales_back", "adjusted", "other_income", "discount", "cost", "fee", "commission",
    "marketing", "compensation", "recovery", "difference",
)  # fmt: skip
_COUNTS = ("paid_orders", "orders", "lines", "units", "refunds")
_CUBE_ROWS = "\n            UNION ALL ".join(
    f"SELECT shop_id, day, currency, '{name}' AS measure, -{name}_minor AS value"  # noqa: S608  (names of columns)
    " FROM insights_cube WHERE grain = 'd'"
    for name in _MEASURES
)
_SUMS = ", ".join([*(f"sum({name}_minor)" for name in _MEASURES), *(f"sum({name})" for name in _COUNTS)])

INVARIANTS = [
    Invariant(
        name="insights_figures_are_the_books",
        room="insights",
        why="of each day and currency the cube holds exactly what the ledger's postings say, as far as it has come",
        sql=f"""
        SELECT concat_ws(' ', shop_id, day, currency, measure), 'books less cube ' || sum(value)
        FROM (SELECT p.shop_id, p.day, p.currency, p.measure, p.value
              FROM insights_progress m JOIN insights_posting_all p ON p.xid < m.upto_xid::text::xid8
              WHERE m.name = 'cube'
            UNION ALL {_CUBE_ROWS}) every
        GROUP BY shop_id, day, currency, measure HAVING sum(value) <> 0
        """,  # noqa: S608
    ),
    Invariant(
        name="insights_grains_agree",
        room="insights",
        why="the three grains of the cube add up to the same, month by month",
        sql=f"""
        WITH grain AS (
            SELECT shop_id, date_trunc('month', day)::date AS month, currency, channel, method, segment, grain,
                   ROW({_SUMS}) AS sums
            FROM insights_cube GROUP BY 1, 2, 3, 4, 5, 6, 7
        )
        SELECT concat_ws(' ', shop_id, month, currency, channel, method, segment),
               'grains ' || string_agg(grain, '' ORDER BY grain)
        FROM grain GROUP BY shop_id, month, currency, channel, method, segment
        HAVING count(*) <> 3 OR count(DISTINCT sums) <> 1
        """,  # noqa: S608
    ),
    Invariant(
        name="insights_cohorts_are_their_buyers",
        room="insights",
        why="a cohort's month is the sum of what its buyers did, each of them once",
        sql="""
        SELECT concat_ws(' ', shop_id, currency, cohort, month),
               'says ' || coalesce(c.buyers, 0) || ' buyers, are ' || coalesce(a.buyers, 0)
        FROM insights_cohort c
        FULL JOIN (SELECT a.shop_id, a.currency, b.cohort, a.month, count(*) AS buyers, sum(a.orders) AS orders,
                          sum(a.paid_minor) AS paid_minor
                   FROM insights_active a JOIN insights_buyer b USING (shop_id, currency, buyer)
                   GROUP BY 1, 2, 3, 4) a USING (shop_id, currency, cohort, month)
        WHERE (c.buyers, c.orders, c.paid_minor) IS DISTINCT FROM (a.buyers, a.orders, a.paid_minor)
        """,
    ),
    history_invariant(REPORT, table="insights_report", room="insights", name="insights_reports_moved_as_allowed"),
]
