-- What of a payout meets what its buyer owes: taken off the debt, and how much. No row: nothing is owed.
WITH held AS (
    SELECT minor FROM referrals_debt WHERE shop_id = %(shop_id)s AND buyer = %(buyer)s AND currency = %(currency)s FOR UPDATE
)
UPDATE referrals_debt d SET minor = d.minor - least(held.minor, %(amount)s::bigint)
FROM held WHERE d.shop_id = %(shop_id)s AND d.buyer = %(buyer)s AND d.currency = %(currency)s
RETURNING least(held.minor, %(amount)s::bigint)
