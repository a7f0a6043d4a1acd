-- How much waits for a person: statements to approve; payouts whose end nobody knows, by the index of what is tried
-- again or was given up.
SELECT (SELECT count(*) FROM settlement_statement WHERE shop_id = %(shop_id)s AND state = 'confirmed')
     + (SELECT count(*) FROM settlement_payout
        WHERE shop_id = %(shop_id)s AND state = 'unknown' AND finished_at IS NULL)
