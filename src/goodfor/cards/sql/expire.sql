-- cards: the next whose time is over, of all shops.
WITH picked AS (
    SELECT id FROM cards_card
     WHERE state = 'active' AND expires_at IS NOT NULL AND expires_at <= %(now)s
     ORDER BY expires_at LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE cards_card c SET state = 'expired' FROM picked p WHERE c.id = p.id RETURNING c.id, c.shop_id
), told AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT shop_id, 'cards.card', id, 1, 'active', 'expired', 'system', 'expiry', %(now)s::timestamptz FROM moved
)
SELECT count(*) FROM moved
