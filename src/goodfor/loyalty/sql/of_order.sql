-- Whose wallets an order brought something: units that it brought, and that were to be taken back for it.
SELECT w.owner, w.kind, w.scope, e.units,
       (SELECT coalesce(sum(b.asked), 0)::bigint FROM loyalty_entry b
        WHERE b.shop_id = e.shop_id AND b.order_id = e.order_id AND b.wallet_id = e.wallet_id AND b.kind = 'clawback')
FROM loyalty_entry e JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
WHERE e.shop_id = %(shop_id)s AND e.order_id = %(order_id)s AND e.kind = 'earn' AND e.purpose = 'earned'
ORDER BY w.kind
