-- subscriptions: how many of a shop are to be announced now, so that there are as many ids; `renew.sql` looks again.
SELECT count(*)
  FROM (SELECT
          FROM subscriptions_subscription s
         WHERE s.shop_id = %(shop_id)s AND s.state IN ('active', 'paused') AND NOT s.stops AND NOT s.mandate_over
           AND s.next_start <= %(until)s + make_interval(hours => s.ahead_hours)
           AND NOT EXISTS (SELECT FROM subscriptions_period p
                            WHERE p.shop_id = s.shop_id AND p.subscription_id = s.id
                              AND p.state IN ('due', 'charging'))
         LIMIT %(most)s) due
