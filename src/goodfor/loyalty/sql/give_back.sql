-- Units return to the lots that they came from, or otherwise, and count as returned of the movement that took them.
WITH told AS (
    SELECT * FROM unnest(%(allocations)s::bigint[], %(lots)s::uuid[], %(backs)s::bigint[], %(moved)s::bigint[])
        AS t (allocation_id, lot_id, back, moved)
), noted AS (
    UPDATE loyalty_allocation a SET back = a.back + t.back, moved = a.moved + t.moved FROM told t
    WHERE a.shop_id = %(shop_id)s AND a.id = t.allocation_id
)
UPDATE loyalty_lot l SET remaining = l.remaining + t.back FROM told t
WHERE l.shop_id = %(shop_id)s AND l.id = t.lot_id AND t.back > 0
