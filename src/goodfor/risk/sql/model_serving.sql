-- Which models score acts of this kind now. Two rows at most, by the partial unique indexes.
SELECT id, state FROM risk_model
WHERE shop_id = %(shop_id)s AND scene_group = %(scene_group)s AND state IN ('champion', 'shadow')
