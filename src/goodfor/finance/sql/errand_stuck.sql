-- finance: a bill or an agreement could not be booked; again in a minute, then in twice as long, at most in half a day.
INSERT INTO finance_stuck_errand AS s (subject_id, shop_id, kind, problem, tries, since, next_at)
VALUES (%(subject_id)s, %(shop_id)s, %(kind)s, %(problem)s, 1, %(now)s, %(now)s + interval '1 minute')
ON CONFLICT (subject_id) DO UPDATE
   SET problem = excluded.problem, tries = s.tries + 1,
       next_at = excluded.since + least(interval '12 hours', interval '1 minute' * (2 ^ least(s.tries, 10)))
 WHERE s.shop_id = excluded.shop_id
