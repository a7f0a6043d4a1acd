-- subscriptions: paid periods of a shop that end soon and have open picks: each is told once for each number of days.
WITH due AS (
    SELECT p.id, p.subscription_id, u.owner, p.ends_at, p.picks + p.carried - p.picked - p.given - p.carried_out AS left_over
      FROM subscriptions_period p
      JOIN subscriptions_subscription u ON u.shop_id = p.shop_id AND u.id = p.subscription_id
       AND u.why <> ALL (%(nothing_left)s::text[])
     WHERE p.shop_id = %(shop_id)s AND p.state IN ('paid', 'closed') AND p.settled_at IS NULL
       AND p.ends_at > %(after)s AND p.ends_at <= %(until)s AND p.starts_at <= %(now)s
       AND p.picked + p.given + p.carried_out < p.picks + p.carried
       AND NOT EXISTS (SELECT FROM subscriptions_reminder r
                        WHERE r.shop_id = p.shop_id AND r.period_id = p.id AND r.days = %(days)s)
     ORDER BY p.ends_at LIMIT %(most)s
), noted AS (
    INSERT INTO subscriptions_reminder (shop_id, period_id, days, at)
    SELECT %(shop_id)s::uuid, id, %(days)s, %(now)s::timestamptz FROM due
    ON CONFLICT DO NOTHING
    RETURNING period_id
), told AS (
    INSERT INTO kernel_event (shop_id, name, version, payload, cause_type, cause_id, occurred_at)
    SELECT %(shop_id)s::uuid, 'subscriptions.picks_waiting', 1,
           jsonb_build_object('subscription_id', d.subscription_id, 'period_id', d.id, 'owner', d.owner,
                              'left', d.left_over, 'days', %(days)s::integer, 'ends_at', d.ends_at),
           'subscriptions.period', d.id, %(now)s::timestamptz
      FROM noted n JOIN due d ON d.id = n.period_id
)
SELECT count(*) FROM noted
