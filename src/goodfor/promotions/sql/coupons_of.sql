-- promotions: coupons that a buyer has, those that end first before others.
SELECT p.id, p.campaign_id, r.id, r.name, p.state, p.expires_at, p.order_id, b.giftable,
       p.gift_hash IS NOT NULL AND p.gift_until > %(now)s, c.state, b.id
FROM promotions_coupon p
JOIN promotions_campaign c ON c.shop_id = p.shop_id AND c.id = p.campaign_id
JOIN promotions_revision r ON r.shop_id = c.shop_id AND r.id = c.revision_id
JOIN promotions_batch b ON b.shop_id = p.shop_id AND b.id = p.batch_id
WHERE p.shop_id = %(shop_id)s AND p.buyer_ref = %(buyer)s AND p.state <> 'void'
ORDER BY p.expires_at NULLS LAST, p.id LIMIT 200
