-- subscriptions: those of a shop whose paid time is over and that are not renewed.
SELECT id FROM subscriptions_subscription
 WHERE shop_id = %(shop_id)s AND state IN ('active', 'past_due', 'paused') AND paid_until <= %(now)s
   AND (stops OR mandate_over)
 ORDER BY paid_until LIMIT %(most)s
