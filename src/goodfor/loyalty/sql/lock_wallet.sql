-- The row that every movement of a wallet holds.
SELECT id, balance, debt FROM loyalty_wallet
WHERE shop_id = %(shop_id)s AND owner = %(owner)s AND kind = %(kind)s AND scope = %(scope)s
FOR UPDATE
