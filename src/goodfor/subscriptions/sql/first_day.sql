-- subscriptions: the first day of a shop that is not recognised yet; none where nothing ever ran.
SELECT coalesce((SELECT max(day) + 1 FROM subscriptions_day WHERE shop_id = %(shop_id)s),
                (SELECT min(first_day) FROM subscriptions_period WHERE shop_id = %(shop_id)s AND state = 'paid'))
