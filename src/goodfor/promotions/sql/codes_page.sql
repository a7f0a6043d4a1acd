-- promotions: sealed codes of a batch, page by page.
SELECT id, code_key_id, code_blob FROM promotions_coupon
WHERE shop_id = %(shop_id)s AND batch_id = %(batch_id)s AND id > %(after)s AND code_blob IS NOT NULL
ORDER BY id LIMIT %(most)s
