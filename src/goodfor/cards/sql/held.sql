-- cards: good ones in somebody's account, those that end first before others.
SELECT c.id, h.gift_id IS NOT NULL
  FROM cards_holding h
  JOIN cards_card c ON c.shop_id = h.shop_id AND c.id = h.card_id
 WHERE h.shop_id = %(shop_id)s AND h.holder_ref = %(holder)s AND c.state = 'active'
   AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
   AND (%(after)s::uuid IS NULL
        OR (coalesce(c.expires_at, 'infinity'), c.id) > (%(at)s::timestamptz, %(after)s::uuid))
 ORDER BY coalesce(c.expires_at, 'infinity'), c.id LIMIT %(limit)s
