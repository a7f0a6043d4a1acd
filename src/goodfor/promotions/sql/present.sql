-- promotions: whose campaigns these coupons are, of those that this buyer may bring.
SELECT id, campaign_id FROM promotions_coupon
WHERE shop_id = %(shop_id)s AND id = ANY(%(ids)s) AND (gift_hash IS NULL OR gift_until <= %(now)s)
  AND (state = 'claimed' AND buyer_ref = %(buyer)s OR state = 'free' AND EXISTS (
      SELECT 1 FROM promotions_batch b WHERE b.shop_id = %(shop_id)s AND b.id = batch_id AND b.state = 'made'))
  AND (expires_at IS NULL OR expires_at > %(now)s)
