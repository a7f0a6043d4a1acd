-- vault: sealed codes that a holder has bought, with the latest key; first showing noted. Locks them against a refund.
WITH held AS MATERIALIZED (
    SELECT id, sku_id, lot_id, key_id, blob, revealed_at
    FROM vault_code
    WHERE shop_id = %(shop_id)s AND holder_id = %(holder_id)s AND state = 2
      AND (%(code_ids)s::uuid[] IS NULL OR id = ANY (%(code_ids)s::uuid[]))
    ORDER BY id
    FOR UPDATE
), shown AS (
    UPDATE vault_code SET revealed_at = %(now)s
    WHERE id = ANY (ARRAY(SELECT id FROM held WHERE revealed_at IS NULL)) AND shop_id = %(shop_id)s AND state = 2
)
SELECT h.id, h.sku_id, h.key_id, h.blob, l.expires_at
FROM held h JOIN vault_lot l ON l.id = h.lot_id AND l.shop_id = %(shop_id)s
ORDER BY h.id
