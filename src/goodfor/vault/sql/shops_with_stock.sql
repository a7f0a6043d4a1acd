-- vault, platform job: shops that ever had codes, by skipping through the key.
WITH RECURSIVE shops AS (
    (SELECT shop_id FROM vault_stock ORDER BY shop_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.shop_id FROM vault_stock s WHERE s.shop_id > p.shop_id ORDER BY s.shop_id LIMIT 1)
    FROM shops p WHERE p.shop_id IS NOT NULL
)
SELECT shop_id FROM shops WHERE shop_id IS NOT NULL
