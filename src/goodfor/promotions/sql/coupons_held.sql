-- promotions: coupons of a buyer that can be used, or lie in a gift, those that end first before others.
SELECT p.id, p.campaign_id, r.id, r.name, p.state, p.expires_at, p.order_id, b.giftable,
       p.gift_hash IS NOT NULL AND p.gift_until > %(now)s, c.state, b.id
FROM promotions_coupon p
JOIN promotions_campaign c ON c.shop_id = p.shop_id AND c.id = p.campaign_id
JOIN promotions_revision r ON r.shop_id = c.shop_id AND r.id = c.revision_id
JOIN promotions_batch b ON b.shop_id = p.shop_id AND b.id = p.batch_id
WHERE p.shop_id = %(shop_id)s AND p.buyer_ref = %(buyer)s AND p.state = 'claimed'
  AND (p.expires_at > %(now)s OR p.expires_at IS NULL) AND c.state = ANY(%(live)s) AND c.ends_at > %(now)s
  AND (%(after)s::uuid IS NULL
       OR (coalesce(p.expires_at, 'infinity'), p.id) > (%(at)s::timestamptz, %(after)s::uuid))
ORDER BY p.expires_at NULLS LAST, p.id LIMIT %(limit)s
