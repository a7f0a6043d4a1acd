-- aftersales: orders whose claims proved codes of a batch bad.
SELECT count(DISTINCT order_id)::int FROM aftersales_case
WHERE shop_id = %(shop_id)s AND batch_id = %(batch_id)s AND proven
