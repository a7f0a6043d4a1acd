-- Orders by something exact (number, external number, contact) that leaves few; all other filters are looked up in them.
SELECT o.id FROM orders_order o
 WHERE o.shop_id = %(shop_id)s AND o.state = ANY (%(states)s::text[])
   AND (%(number)s::text IS NULL OR o.number = %(number)s)
   AND (%(external_ref)s::text IS NULL OR (o.client_id = ANY (%(client_ids)s::uuid[]) AND o.external_ref = %(external_ref)s))
   AND (%(contact_index)s::bytea IS NULL OR o.contact_index = %(contact_index)s)
   AND (%(since)s::timestamptz IS NULL OR o.placed_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR o.placed_at < %(until)s)
   AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
   AND (%(least)s::bigint IS NULL OR o.total_minor >= %(least)s)
   AND (%(most)s::bigint IS NULL OR o.total_minor <= %(most)s)
   AND (%(sku_ids)s::uuid[] IS NULL OR EXISTS (
        SELECT FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id AND l.sku_id = ANY (%(sku_ids)s::uuid[])))
 ORDER BY CASE WHEN %(newest)s::boolean THEN o.placed_at END DESC, o.placed_at, o.id
OFFSET %(offset)s LIMIT %(limit)s
