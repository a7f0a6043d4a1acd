-- vault: lock a batch.
SELECT state, lines_done, sku_id, currency, use_first, accepted, duplicate_in_file + duplicate_held + rejected
FROM vault_batch WHERE shop_id = %(shop_id)s AND id = %(batch_id)s FOR UPDATE
