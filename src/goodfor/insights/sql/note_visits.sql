-- Add to the visits of days, each row with its own shop_id; always in the order of the key, so that no two wait for each other.
INSERT INTO insights_visit AS v (shop_id, day, step, product_id, visitors, views)
SELECT n.shop_id, n.day, n.step, n.product_id, n.visitors, n.views
  FROM unnest(%(shops)s::uuid[], %(days)s::date[], %(steps)s::text[], %(products)s::uuid[], %(visitors)s::bigint[],
              %(views)s::bigint[]) AS n(shop_id, day, step, product_id, visitors, views)
 ORDER BY n.shop_id, n.day, n.step COLLATE "C", n.product_id
ON CONFLICT (shop_id, day, step, product_id) DO UPDATE SET visitors = v.visitors + excluded.visitors, views = v.views + excluded.views
