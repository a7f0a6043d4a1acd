-- finance: which line a refund is for, where a claim began it: (refund, line).
SELECT c.refund_id, c.line_id
  FROM orders_claim c
 WHERE c.shop_id = %(shop_id)s AND c.order_id = ANY(%(ids)s::uuid[]) AND c.refund_id IS NOT NULL
