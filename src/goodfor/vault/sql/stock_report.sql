-- vault: stock of every SKU that ever had codes: (sku, available, reserved, sold, quarantined, expired, void,
-- for sale and expiring within 7 and 30 days, cost of what is not sold, currency).
WITH tail AS MATERIALIZED (
    SELECT lot_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold, sum(quarantined) AS quarantined,
           sum(void) AS void
    FROM vault_stock_delta WHERE shop_id = %(shop_id)s
    GROUP BY lot_id
), lots AS (
    SELECT l.sku_id, l.expires_at, l.unit_cost_minor, l.currency,
           l.state IN ('open', 'drained') AND (l.expires_at IS NULL OR l.expires_at > %(now)s) AS good,
           l.state = 'quarantined' AS held_back,
           l.free + coalesce(t.free, 0) AS free, l.reserved + coalesce(t.reserved, 0) AS reserved,
           l.sold + coalesce(t.sold, 0) AS sold, l.quarantined + coalesce(t.quarantined, 0) AS quarantined,
           l.void + coalesce(t.void, 0) AS void
    FROM vault_lot l LEFT JOIN tail t ON t.lot_id = l.id
    WHERE l.shop_id = %(shop_id)s AND l.state <> 'staged'
)
SELECT sku_id,
       coalesce(sum(free) FILTER (WHERE good), 0)::bigint,
       sum(reserved)::bigint,
       sum(sold)::bigint,
       (sum(quarantined) + coalesce(sum(free) FILTER (WHERE held_back), 0))::bigint,
       coalesce(sum(free) FILTER (WHERE NOT good AND NOT held_back), 0)::bigint,
       sum(void)::bigint,
       coalesce(sum(free) FILTER (WHERE good AND expires_at <= %(now)s + interval '7 days'), 0)::bigint,
       coalesce(sum(free) FILTER (WHERE good AND expires_at <= %(now)s + interval '30 days'), 0)::bigint,
       sum((free + reserved + quarantined) * unit_cost_minor)::bigint,
       min(currency)
FROM lots GROUP BY sku_id ORDER BY sku_id
