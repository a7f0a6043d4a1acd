-- subscriptions: periods of a shop that are over, and of which nothing is left to give or to carry on. What nobody picked
-- is no pick any more: a slot that opens later, since an order came back, is that one alone.
WITH due AS (
    SELECT p.id
      FROM subscriptions_period p JOIN subscriptions_terms t ON t.shop_id = p.shop_id AND t.id = p.terms_id
     WHERE p.shop_id = %(shop_id)s AND p.state IN ('paid', 'closed') AND p.settled_at IS NULL AND p.ends_at <= %(now)s
       AND (p.picked + p.given + p.carried_out >= p.picks + p.carried OR t.default_kind = 'nothing' AND t.carry = 0)
     ORDER BY p.id LIMIT %(most)s
       FOR NO KEY UPDATE OF p SKIP LOCKED
), moved AS (
    UPDATE subscriptions_period p SET settled_at = %(now)s,
           given = CASE WHEN p.open_until > %(now)s THEN p.given ELSE p.picks + p.carried - p.picked - p.carried_out END
      FROM due d
     WHERE p.shop_id = %(shop_id)s AND p.id = d.id
    RETURNING p.id
)
SELECT count(*) FROM moved
