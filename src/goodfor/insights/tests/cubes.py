"""A cube of invented figures, written directly: for tests of reading."""

from datetime import date
from uuid import UUID

from goodfor.orders.tests.factories import sql

_FILL = """
INSERT INTO insights_cube (shop_id, grain, day, currency, sku_id, supplier_id, channel, method, segment, campaign_id,
    paid_minor, paid_back_minor, sales_minor, sales_back_minor, adjusted_minor, other_income_minor, discount_minor,
    cost_minor, fee_minor, commission_minor, marketing_minor, compensation_minor, recovery_minor, difference_minor,
    paid_orders, orders, lines, units, refunds)
SELECT %(shop)s, g.grain, CASE g.grain WHEN 'm' THEN date_trunc('month', day)::date ELSE day::date END, 'CNY',
       CASE g.grain WHEN 't' THEN %(none)s::uuid ELSE sku END,
       CASE g.grain WHEN 't' THEN %(none)s::uuid ELSE supplier END, channel, method, segment, %(none)s::uuid,
       sum(v), 0, sum(v), sum(v / 10), 0, 0, 0, sum(v / 2), sum(v / 100), 0, 0, 0, 0, 0,
       count(*), count(*), count(*), sum(v %% 7), count(*) FILTER (WHERE v %% 5 = 0)
  FROM (SELECT d AS day, s AS sku, p AS supplier, c AS channel, m AS method, b AS segment,
               abs(hashtext(concat(d, s, p, c, m, b))::bigint) %% 10000 + 1 AS v
          FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d,
               unnest(%(skus)s::uuid[]) AS s, unnest(%(suppliers)s::uuid[]) AS p,
               unnest(ARRAY['storefront', 'api']) AS c,
               unnest(ARRAY['alipay', 'wxpay']) AS m, unnest(ARRAY['new', 'returning']) AS b) cells
 CROSS JOIN (VALUES ('d'), ('m'), ('t')) AS g(grain)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""


def fill(shop_id: UUID, first: date, last: date, skus: list[UUID], suppliers: list[UUID]) -> None:
    """A row for each day, SKU, supplier, channel, method and segment, in every grain."""
    values = {"shop": shop_id, "first": first, "last": last, "skus": skus, "suppliers": suppliers, "none": UUID(int=0)}
    sql(_FILL, values)
