-- aftersales: claims on a batch: units proven bad and orders that proved it, orders that say a fault, this case left out.
SELECT count(DISTINCT order_id) FILTER (WHERE proven),
       coalesce(sum(units) FILTER (WHERE proven), 0)::bigint,
       count(DISTINCT order_id) FILTER (WHERE reason = ANY (%(faults)s::text[]) AND order_id <> %(order_id)s
                                        AND NOT (state = 'closed' AND action = ''))
FROM aftersales_case WHERE shop_id = %(shop_id)s AND batch_id = %(batch_id)s AND id <> %(case_id)s
