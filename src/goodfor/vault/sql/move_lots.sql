-- vault: move locked lots to another state; the empty delta makes the next fold look at them.
WITH moved AS (
    UPDATE vault_lot SET state = %(to_state)s
    WHERE shop_id = %(shop_id)s AND id = ANY (%(lot_ids)s::uuid[])
    RETURNING id, sku_id
)
INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id) SELECT %(shop_id)s, sku_id, id FROM moved
