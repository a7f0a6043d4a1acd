-- What campaigns took off each line of an order: (line, campaign, minor units, of which below the floor).
SELECT line_id, campaign_id, sum(minor)::bigint, sum(loss)::bigint FROM orders_discount
WHERE shop_id = %(shop_id)s AND order_id = %(order_id)s
GROUP BY line_id, campaign_id ORDER BY line_id, campaign_id
