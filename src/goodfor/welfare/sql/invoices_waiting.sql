-- Prepayments whose invoice the shop has yet to write.
SELECT count(*) FROM welfare_invoice WHERE shop_id = %(shop_id)s AND state = 'asked'
