-- aftersales: how a batch stands now; the row is held until the commit, so that one pulls it: (forgiven, pulled).
INSERT INTO aftersales_batch_watch (shop_id, batch_id, sku_id, bad, sold, seen_at, pulled_by, lifted_by, lifted_bad)
VALUES (%(shop_id)s, %(batch_id)s, %(sku_id)s, %(bad)s, %(sold)s, %(now)s, '', '', 0)
ON CONFLICT (shop_id, batch_id) DO UPDATE SET bad = excluded.bad, sold = excluded.sold, seen_at = excluded.seen_at
RETURNING lifted_bad, pulled_at IS NOT NULL
