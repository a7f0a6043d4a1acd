-- promotions: a coupon that is being passed on goes to whoever brings the secret first, but not back to who gave it.
UPDATE promotions_coupon
SET given_by = buyer_ref, buyer_ref = %(buyer)s, gift_hash = NULL, gift_until = NULL
WHERE shop_id = %(shop_id)s AND gift_hash = %(hash)s AND state = 'claimed' AND gift_until > %(now)s
  AND buyer_ref <> %(buyer)s AND (expires_at IS NULL OR expires_at > %(now)s)
RETURNING id, campaign_id, given_by
