-- What a wallet holds and owes, by so much more or less; its row is held.
UPDATE loyalty_wallet SET balance = balance + %(units)s::bigint, debt = debt - %(owed)s::bigint
WHERE shop_id = %(shop_id)s AND id = %(wallet_id)s
