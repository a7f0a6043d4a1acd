-- A page of the shop's orders for the staff, oldest first: ids only, from one index.
-- Each state is an ordered walk of orders_order_list and the walks are merged, so a page costs what it skips and no more.
-- `after`: a walk goes on behind the last order of the page before. Planned with its values every time: filters that are not given fall away.
SELECT id FROM (
    (SELECT id, placed_at FROM orders_order
     WHERE 'placed' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'placed'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'paid' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'paid'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'delivered' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'delivered'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'refunding' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'refunding'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'refunded' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'refunded'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'cancelled' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'cancelled'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
    UNION ALL
    (SELECT id, placed_at FROM orders_order
     WHERE 'expired' = ANY (%(states)s::text[]) AND shop_id = %(shop_id)s AND state = 'expired'
       AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR placed_at < %(until)s)
       AND (%(after_id)s::uuid IS NULL OR (placed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
       AND (%(channel)s::text IS NULL OR channel = %(channel)s)
       AND (%(least)s::bigint IS NULL OR total_minor >= %(least)s)
       AND (%(most)s::bigint IS NULL OR total_minor <= %(most)s)
     ORDER BY placed_at ASC, id ASC)
) o
ORDER BY placed_at ASC, id ASC
OFFSET %(offset)s LIMIT %(limit)s
