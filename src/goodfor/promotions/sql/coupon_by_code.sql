-- promotions: the coupon of a code.
SELECT p.id, p.campaign_id, p.state, p.public, p.buyer_ref, p.expires_at, b.state, c.state
FROM promotions_coupon p
JOIN promotions_batch b ON b.shop_id = p.shop_id AND b.id = p.batch_id
JOIN promotions_campaign c ON c.shop_id = p.shop_id AND c.id = p.campaign_id
WHERE p.shop_id = %(shop_id)s AND p.code_index = %(code)s
