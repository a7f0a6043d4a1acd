-- Remember that a buyer was let in from this browser; true when for the first time.
INSERT INTO identity_buyer_device AS d (id, shop_id, buyer_id, device_hash, label, first_at, last_at)
VALUES (%(id)s, %(shop_id)s, %(buyer_id)s, %(device_hash)s, %(label)s, %(now)s, %(now)s)
ON CONFLICT (shop_id, buyer_id, device_hash) DO UPDATE SET last_at = %(now)s, label = %(label)s
RETURNING d.id = %(id)s
