-- subscriptions: a day of all running periods of a shop becomes income; what is wholly so is closed. By currency.
WITH due AS (
    SELECT p.id, p.recognised_minor AS was, (2 * p.price_minor * over.days + p.days) / (2 * p.days) AS target
      FROM subscriptions_period p
     CROSS JOIN LATERAL (
        SELECT least(p.days, greatest(0, least(%(day)s::date, p.recognise_before - 1) - p.first_day + 1))::bigint AS days
     ) over
     WHERE p.shop_id = %(shop_id)s AND p.state = 'paid' AND p.first_day <= %(day)s
     ORDER BY p.id
       FOR NO KEY UPDATE OF p
), moved AS (
    UPDATE subscriptions_period p
       SET recognised_minor = d.target, state = CASE WHEN d.target = p.price_minor THEN 'closed' ELSE 'paid' END
      FROM due d WHERE p.shop_id = %(shop_id)s AND p.id = d.id AND d.target > d.was
    RETURNING p.id, p.state, p.currency, d.target - d.was AS minor
), noted AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'subscriptions.period', id, 1, 'paid', 'closed', 'system', 'recognised', %(now)s::timestamptz
      FROM moved WHERE state = 'closed'
)
SELECT currency, sum(minor)::bigint, count(*)::integer FROM moved GROUP BY currency ORDER BY currency
