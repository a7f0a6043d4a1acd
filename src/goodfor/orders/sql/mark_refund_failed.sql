-- Note on a refunding order since when its refund has failed for good, or (null) that a new one is under way.
UPDATE orders_order SET refund_failed_at = %(at)s::timestamptz
WHERE shop_id = %(shop_id)s AND id = %(order_id)s AND state = 'refunding'
  AND (refund_failed_at IS NULL) <> (%(at)s::timestamptz IS NULL)
