-- finance: orders that something was posted with in a stretch of the books, over all shop_id; what finance itself posted
-- while it followed an order is no news: (shop, order).
SELECT DISTINCT p.shop_id, p.order_id
  FROM ledger_tx t
  JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
 WHERE t.xid >= %(after)s::xid8 AND t.xid < %(upto)s::xid8 AND t.cause_type <> 'finance.order'
   AND p.order_id IS NOT NULL
 ORDER BY p.shop_id, p.order_id
