-- supply: codes that were never delivered before; this attempt has them now.
INSERT INTO supply_mark (shop_id, mark, attempt_id)
SELECT %(shop_id)s, m.mark, %(attempt_id)s FROM unnest(%(marks)b::bytea[]) AS m (mark)
ORDER BY m.mark
ON CONFLICT (shop_id, mark) DO NOTHING
RETURNING mark
