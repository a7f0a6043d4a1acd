-- subscriptions: the next periods of a shop that are to be announced now, their history, and the news of each. One that is
-- announced too late begins later, so that nobody pays for days before it is charged.
WITH due AS (
    SELECT s.id, s.owner, s.anchor_at, s.cycle, s.ahead_hours, s.next_start, s.periods, s.next_terms_id IS NOT NULL AS changes,
           coalesce(s.next_terms_id, s.terms_id) AS terms_id
      FROM subscriptions_subscription s
     WHERE s.shop_id = %(shop_id)s AND s.state IN ('active', 'paused') AND NOT s.stops AND NOT s.mandate_over
       AND s.next_start <= %(until)s + make_interval(hours => s.ahead_hours)
       AND NOT EXISTS (SELECT FROM subscriptions_period p
                        WHERE p.shop_id = s.shop_id AND p.subscription_id = s.id AND p.state IN ('due', 'charging'))
     ORDER BY s.next_start LIMIT %(most)s
       FOR NO KEY UPDATE OF s SKIP LOCKED
), planned AS (
    SELECT d.id AS subscription_id, d.owner, begins.at AS next_start, d.periods + 1 AS number, t.id AS terms_id, t.price_minor,
           t.currency, t.picks,
           begins.at - make_interval(hours => d.ahead_hours) AS charge_at,
           ((CASE WHEN begins.anew THEN begins.at ELSE d.anchor_at END AT TIME ZONE %(zone)s)
            + make_interval(months => t.months * (1 + CASE WHEN begins.anew THEN 0 ELSE d.cycle END)))
            AT TIME ZONE %(zone)s AS ends_at,
           (%(ids)s::uuid[])[row_number() OVER (ORDER BY d.id)] AS id
      FROM due d JOIN subscriptions_terms t ON t.shop_id = %(shop_id)s AND t.id = d.terms_id
     CROSS JOIN LATERAL (SELECT greatest(d.next_start, %(soonest)s + make_interval(hours => d.ahead_hours)) AS at,
                                d.changes OR %(soonest)s + make_interval(hours => d.ahead_hours) > d.next_start AS anew) begins
), made AS (
    INSERT INTO subscriptions_period (
        id, shop_id, subscription_id, terms_id, number, kind, state, starts_at, ends_at, first_day, days, price_minor,
        credit_minor, currency, picks, carried, picked, given, carried_out, attempt, next_try_at, why,
        recognised_minor, back_deferred_minor, back_income_minor, credited_minor, created_at)
    SELECT id, %(shop_id)s::uuid, subscription_id, terms_id, number, 'renewal', 'due', next_start, ends_at,
           (next_start AT TIME ZONE %(zone)s)::date,
           greatest(1, (ends_at AT TIME ZONE %(zone)s)::date - (next_start AT TIME ZONE %(zone)s)::date), price_minor,
           0, currency, picks, 0, 0, 0, 0, 0, charge_at, '', 0, 0, 0, 0, %(now)s::timestamptz
      FROM planned
    ON CONFLICT DO NOTHING
    RETURNING id, subscription_id
), counted AS (
    UPDATE subscriptions_subscription s SET periods = s.periods + 1
      FROM made m WHERE s.shop_id = %(shop_id)s AND s.id = m.subscription_id
), noted AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'subscriptions.period', id, 1, NULL, 'due', 'system', 'renewal', %(now)s::timestamptz
      FROM made
), told AS (
    INSERT INTO kernel_event (shop_id, name, version, payload, cause_type, cause_id, occurred_at)
    SELECT %(shop_id)s::uuid, 'subscriptions.renewal_announced', 1,
           jsonb_build_object('subscription_id', p.subscription_id, 'period_id', p.id, 'owner', p.owner,
                              'amount_minor', p.price_minor, 'currency', p.currency, 'charge_at', p.charge_at),
           'subscriptions.period', p.id, %(now)s::timestamptz
      FROM planned p JOIN made m ON m.id = p.id
)
SELECT count(*) FROM made
