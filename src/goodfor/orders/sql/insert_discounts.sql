-- What campaigns took off an order's lines, and the trace of how it was priced.
WITH trace AS (
    INSERT INTO orders_trace (order_id, shop_id, steps, at)
    VALUES (%(order_id)s, %(shop_id)s, %(steps)s::text::jsonb, %(now)s)
)
INSERT INTO orders_discount (id, shop_id, order_id, line_id, campaign_id, revision_id, coupon_id, minor, units, loss)
SELECT gen_random_uuid(), %(shop_id)s, %(order_id)s, d.*
FROM unnest(%(line_ids)s::uuid[], %(campaign_ids)s::uuid[], %(revision_ids)s::uuid[], %(coupon_ids)s::uuid[],
            %(minors)s::bigint[], %(units)s::int[], %(losses)s::bigint[]) AS d
