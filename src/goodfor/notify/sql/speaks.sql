-- One row when the shop has a channel that is on.
SELECT 1 FROM notify_account WHERE shop_id = %(shop_id)s AND valid_to IS NULL AND enabled LIMIT 1
