-- Orders, of every shop_id, that were moved in [after, upto) and are paid by now: each counts once for its buyer's month
-- and cohort. Months before a buyer's first, met late, count as the first.
WITH moved AS MATERIALIZED (
    SELECT DISTINCT p.shop_id, p.order_id FROM insights_posting_by_tx p
     WHERE p.xid >= %(after)s::text::xid8 AND p.xid < %(upto)s::text::xid8 AND p.order_id IS NOT NULL
), paid AS MATERIALIZED (
    SELECT f.shop_id, f.order_id, f.currency, f.buyer, o.paid_minor, (o.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           date_trunc('month', o.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS month
      FROM moved m JOIN insights_order f ON f.shop_id = m.shop_id AND f.order_id = m.order_id AND f.paid_on IS NULL
      JOIN orders_order o ON o.shop_id = m.shop_id AND o.id = m.order_id AND o.paid_at IS NOT NULL
), noted AS (
    UPDATE insights_order f SET paid_on = p.day FROM paid p WHERE f.shop_id = p.shop_id AND f.order_id = p.order_id
), first AS MATERIALIZED (
    SELECT p.shop_id, p.currency, p.buyer, coalesce(min(b.cohort), min(p.month)) AS cohort, min(b.cohort) IS NULL AS fresh
      FROM paid p LEFT JOIN insights_buyer b ON b.shop_id = p.shop_id AND b.currency = p.currency AND b.buyer = p.buyer
     WHERE p.buyer IS NOT NULL GROUP BY p.shop_id, p.currency, p.buyer
), met AS (
    INSERT INTO insights_buyer (shop_id, currency, buyer, cohort)
    SELECT shop_id, currency, buyer, cohort FROM first WHERE fresh
), month AS MATERIALIZED (
    SELECT p.shop_id, p.currency, p.buyer, f.cohort, greatest(p.month, f.cohort) AS month, count(*) AS orders,
           sum(p.paid_minor)::bigint AS paid_minor
      FROM paid p JOIN first f ON f.shop_id = p.shop_id AND f.currency = p.currency AND f.buyer = p.buyer
     GROUP BY 1, 2, 3, 4, 5
), active AS (
    INSERT INTO insights_active AS a (shop_id, currency, buyer, month, orders, paid_minor)
    SELECT shop_id, currency, buyer, month, orders, paid_minor FROM month
    ON CONFLICT (shop_id, currency, buyer, month)
    DO UPDATE SET orders = a.orders + excluded.orders, paid_minor = a.paid_minor + excluded.paid_minor
)
INSERT INTO insights_cohort AS c (shop_id, currency, cohort, month, buyers, orders, paid_minor)
SELECT m.shop_id, m.currency, m.cohort, m.month, count(*) FILTER (WHERE a.buyer IS NULL), sum(m.orders), sum(m.paid_minor)
  FROM month m LEFT JOIN insights_active a ON a.shop_id = m.shop_id AND a.currency = m.currency AND a.buyer = m.buyer
       AND a.month = m.month
 GROUP BY 1, 2, 3, 4
ON CONFLICT (shop_id, currency, cohort, month)
DO UPDATE SET buyers = c.buyers + excluded.buyers, orders = c.orders + excluded.orders,
              paid_minor = c.paid_minor + excluded.paid_minor
