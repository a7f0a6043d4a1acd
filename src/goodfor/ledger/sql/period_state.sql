-- The hardest state that covers a month: its own or a later month's; none when it is open.
SELECT d.state FROM ledger_period d
 WHERE d.shop_id = %(shop_id)s AND d.month >= %(month)s
 ORDER BY array_position(ARRAY['closed', 'closing', 'soft'], d.state::text), d.month LIMIT 1
