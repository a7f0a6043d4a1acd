-- How many posted lines some days of the books have, counted until there are too many.
SELECT count(*) FROM (SELECT FROM ledger_posting p
                       WHERE p.shop_id = %(shop_id)s AND p.layer = 0
                         AND p.effective_date BETWEEN %(first_day)s::date AND %(last_day)s::date
                       LIMIT %(most)s) line
