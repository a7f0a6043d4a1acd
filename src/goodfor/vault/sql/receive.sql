-- vault: codes that came for a holder (reserved, 1) or for the shelf (free, 0), in a batch of their own that is on sale
-- from its first moment.
WITH batch AS (
    INSERT INTO vault_batch (id, shop_id, sku_id, filename, file_sha256, size_bytes, state, unit_cost_minor, currency,
                             use_first, layout, note, created_by, bytes_done, lines_done, accepted, duplicate_in_file,
                             duplicate_held, rejected, created_at, activated_at)
    VALUES (%(batch_id)s, %(shop_id)s, %(sku_id)s, %(source)s, %(digest)s, 0, 'active', %(unit_cost_minor)s,
            %(currency)s, false, '{}', '', %(actor)s, 0, %(count)s, %(count)s, 0, 0, 0, %(now)s, %(now)s)
), lots AS (
    INSERT INTO vault_lot (id, shop_id, sku_id, batch_id, state, use_first, expires_at, unit_cost_minor, currency,
                           loaded, created_at)
    SELECT l.id, %(shop_id)s, %(sku_id)s, %(batch_id)s, 'open', false, l.expires_at, l.cost, %(currency)s, l.loaded,
           %(now)s
    FROM unnest(%(lot_ids)s::uuid[], %(expiries)s::timestamptz[], %(costs)s::bigint[], %(loads)s::bigint[])
         AS l (id, expires_at, cost, loaded)
), codes AS (
    INSERT INTO vault_code (id, shop_id, sku_id, lot_id, holder_id, reserved_until, state, key_id, fingerprint, blob)
    SELECT c.id, %(shop_id)s, %(sku_id)s, c.lot_id, %(holder_id)s::uuid, %(until)s::timestamptz,
           CASE WHEN %(holder_id)s::uuid IS NULL THEN 0 ELSE 1 END, %(key_id)s, c.fingerprint, c.blob
    FROM unnest(%(ids)s::uuid[], %(code_lots)s::uuid[], %(fingerprints)s::bytea[], %(blobs)s::bytea[])
         AS c (id, lot_id, fingerprint, blob)
), stock AS (
    INSERT INTO vault_stock (shop_id, sku_id, free, reserved, sold, quarantined, void)
    VALUES (%(shop_id)s, %(sku_id)s, 0, 0, 0, 0, 0)
    ON CONFLICT (shop_id, sku_id) DO NOTHING
)
INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, reserved)
SELECT %(shop_id)s, %(sku_id)s, l.id, CASE WHEN %(holder_id)s::uuid IS NULL THEN l.loaded ELSE 0 END,
       CASE WHEN %(holder_id)s::uuid IS NULL THEN 0 ELSE l.loaded END
FROM unnest(%(lot_ids)s::uuid[], %(loads)s::bigint[]) AS l (id, loaded)
