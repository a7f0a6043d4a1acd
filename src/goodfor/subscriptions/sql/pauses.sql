-- subscriptions: those of a shop that begin to pause now.
WITH due AS (
    SELECT id FROM subscriptions_subscription
     WHERE shop_id = %(shop_id)s AND state = 'active' AND paid_until <= %(now)s AND next_start > paid_until
       AND NOT stops AND NOT mandate_over
     ORDER BY id LIMIT %(most)s
       FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE subscriptions_subscription s SET state = 'paused' FROM due d
     WHERE s.shop_id = %(shop_id)s AND s.id = d.id
    RETURNING s.id
), noted AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'subscriptions.subscription', id, 1, 'active', 'paused', 'system', 'pause', %(now)s::timestamptz
      FROM moved
)
SELECT count(*) FROM moved
