-- cards: good ones that lie in accounts and end within a stretch of time, of all shops, in the order of their ends.
SELECT h.shop_id, c.id, h.holder_ref, p.name, c.expires_at
  FROM cards_card c
  JOIN cards_holding h ON h.shop_id = c.shop_id AND h.card_id = c.id
  JOIN cards_program p ON p.shop_id = c.shop_id AND p.id = c.program_id
 WHERE c.state = 'active' AND c.expires_at IS NOT NULL AND h.gift_id IS NULL
   AND (c.expires_at, c.id) > (%(since)s, %(after)s::uuid) AND c.expires_at >= %(since)s AND c.expires_at <= %(until)s
 ORDER BY c.expires_at, c.id LIMIT %(most)s
