-- promotions: (coupon, campaign) of those coupons that a buyer may use now, in the order asked for.
SELECT c.id, c.campaign_id
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN promotions_coupon c ON c.shop_id = %(shop_id)s AND c.id = wanted.id
WHERE c.state IN ('free', 'claimed') AND (c.buyer_ref = '' OR c.buyer_ref = %(buyer_ref)s::text)
  AND c.gift_hash IS NULL AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
ORDER BY wanted.place
