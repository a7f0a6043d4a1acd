-- orders, platform job, any shop_id: contacts sealed with another key than the active one; not locked.
SELECT id, contact_key_id, contact_blob FROM orders_order
WHERE id > %(after)s AND contact_key_id <> %(active)s
ORDER BY id LIMIT %(limit)s::bigint
