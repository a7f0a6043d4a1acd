-- promotions: an earned coupon is taken back. One statement: it goes by the state that whoever holds the row leaves.
-- What an order has is over when it comes back from there.
UPDATE promotions_coupon SET
    state = CASE state WHEN 'claimed' THEN 'void' ELSE state END,
    gift_hash = CASE state WHEN 'claimed' THEN NULL ELSE gift_hash END,
    gift_until = CASE state WHEN 'claimed' THEN NULL ELSE gift_until END,
    expires_at = CASE state WHEN 'claimed' THEN expires_at ELSE least(expires_at, %(now)s) END
WHERE shop_id = %(shop_id)s AND id = %(coupon_id)s AND state IN ('claimed', 'reserved', 'used')
RETURNING state
