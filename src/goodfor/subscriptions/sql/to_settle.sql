-- subscriptions: periods of a shop that are over and whose open picks are carried on, or given as the plan says.
SELECT p.id
  FROM subscriptions_period p
  JOIN subscriptions_terms t ON t.shop_id = p.shop_id AND t.id = p.terms_id
  JOIN subscriptions_subscription s ON s.shop_id = p.shop_id AND s.id = p.subscription_id
 WHERE p.shop_id = %(shop_id)s AND p.state IN ('paid', 'closed') AND p.settled_at IS NULL AND p.ends_at <= %(now)s
   AND (p.settle_try_at IS NULL OR p.settle_try_at <= %(now)s)
   AND p.picked + p.given + p.carried_out < p.picks + p.carried
   AND CASE WHEN t.carry = 0 THEN t.default_kind <> 'nothing'
            ELSE s.state = 'ended' OR s.paid_until > p.ends_at END
 ORDER BY p.ends_at LIMIT %(most)s
