-- Orders, of every shop_id, that were moved in [after, upto) and are paid by now: each counts once for its buyer's month
-- and cohort. Months before a buyer's first, met late, count as the first.
WITH moved AS MATERIALIZED (
    SELECT DISTINCT p.shop_id, p.order_id FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8 AND p.order_id IS NOT NULL
), paid AS MATERIALIZED (
    SELECT m.shop_id, m.order_id, f.currency, f.channel, f.method, f.segment, f.buyer, o.paid_minor, o.day,
           coalesce(b.cohort, min(date_trunc('month', o.day)::date) OVER (PARTITION BY m.shop_id, f.currency, f.buyer))
               AS cohort, b.cohort IS NULL AS fresh
      FROM moved m
     CROSS JOIN LATERAL (SELECT x.* FROM insights_order x WHERE x.shop_id = m.shop_id AND x.order_id = m.order_id
                            AND x.paid_on IS NULL OFFSET 0) f
     CROSS JOIN LATERAL (SELECT x.paid_minor, (x.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM orders_order x
                          WHERE x.shop_id = m.shop_id AND x.id = m.order_id AND x.paid_at IS NOT NULL OFFSET 0) o
      LEFT JOIN LATERAL (SELECT x.cohort FROM insights_buyer x WHERE x.shop_id = m.shop_id AND x.currency = f.currency
                            AND x.buyer = f.buyer OFFSET 0) b ON true
), noted AS (
    -- By its key, which no plan can get wrong: every one of them is there.
    INSERT INTO insights_order AS f (order_id, shop_id, buyer, currency, channel, method, segment, paid_on)
    SELECT order_id, shop_id, buyer, currency, channel, method, segment, day FROM paid
    ON CONFLICT (order_id) DO UPDATE SET paid_on = excluded.paid_on
), met AS (
    INSERT INTO insights_buyer (shop_id, currency, buyer, cohort)
    SELECT DISTINCT shop_id, currency, buyer, cohort FROM paid WHERE fresh AND buyer IS NOT NULL
), months AS MATERIALIZED (
    SELECT shop_id, currency, buyer, cohort, greatest(date_trunc('month', day)::date, cohort) AS month, count(*) AS orders,
           sum(paid_minor)::bigint AS paid_minor
      FROM paid WHERE buyer IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), bought AS (
    INSERT INTO insights_active AS a (shop_id, currency, buyer, month, orders, paid_minor)
    SELECT shop_id, currency, buyer, month, orders, paid_minor FROM months
    ON CONFLICT (shop_id, currency, buyer, month)
    DO UPDATE SET orders = a.orders + excluded.orders, paid_minor = a.paid_minor + excluded.paid_minor
)
INSERT INTO insights_cohort AS c (shop_id, currency, cohort, month, buyers, orders, paid_minor)
SELECT m.shop_id, m.currency, m.cohort, m.month, count(*) FILTER (WHERE a.there IS NULL), sum(m.orders), sum(m.paid_minor)
  FROM months m
  LEFT JOIN LATERAL (SELECT true AS there FROM insights_active x WHERE x.shop_id = m.shop_id AND x.currency = m.currency
                        AND x.buyer = m.buyer AND x.month = m.month OFFSET 0) a ON true
 GROUP BY 1, 2, 3, 4
ON CONFLICT (shop_id, currency, cohort, month)
DO UPDATE SET buyers = c.buyers + excluded.buyers, orders = c.orders + excluded.orders,
              paid_minor = c.paid_minor + excluded.paid_minor
