-- promotions: coupons that buyers hold and that end within a stretch of time, of all shops, in the order of their ends.
SELECT p.shop_id, p.id, p.buyer_ref, b.name, p.expires_at
  FROM promotions_coupon p
  JOIN promotions_batch b ON b.shop_id = p.shop_id AND b.id = p.batch_id
 WHERE p.state = 'claimed' AND p.expires_at IS NOT NULL AND p.gift_hash IS NULL
   AND (p.expires_at, p.id) > (%(since)s, %(after)s::uuid) AND p.expires_at >= %(since)s AND p.expires_at <= %(until)s
 ORDER BY p.expires_at, p.id LIMIT %(most)s
