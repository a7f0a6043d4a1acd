-- An order with all its lines, in one statement.
WITH placed AS (
    INSERT INTO orders_order (
        id, shop_id, number, secret_hash, state, channel, buyer_ref, client_id, external_ref, contact_key_id, contact_blob,
        contact_index, ip_hash, locale, total_minor, paid_minor, refunded_minor, discount_minor, currency, payment_id,
        placed_at, pay_by, paid_at, deliver_by, delivered_at)
    VALUES (
        %(order_id)s, %(shop_id)s, %(number)s, %(secret_hash)s, %(state)s, %(channel)s, %(buyer_ref)s, %(client_id)s,
        %(external_ref)s, %(contact_key_id)s, %(contact_blob)s, %(contact_index)s, %(ip_hash)s, %(locale)s, %(total_minor)s,
        %(paid_minor)s, 0, %(discount_minor)s, %(currency)s, %(payment_id)s, %(now)s, %(pay_by)s,
        %(paid_at)s, %(deliver_by)s, %(delivered_at)s)
)
INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor, limited_buyer, kind,
                         form_key_id, form_blob, account, discount_minor, gift, bundle_id, bundle_revision_id, bundle_title)
SELECT l.id, %(shop_id)s, %(order_id)s, l.position, l.sku_id, l.title, l.quantity, l.unit_price_minor, l.limited_buyer,
       l.kind, l.form_key_id, l.form_blob, l.account, l.discount_minor, l.gift, l.bundle_id, l.bundle_revision_id,
       l.bundle_title
FROM unnest(%(line_ids)s::uuid[], %(sku_ids)s::uuid[], %(titles)s::text[], %(quantities)s::int[],
            %(unit_prices)s::bigint[], %(limited_buyers)s::text[], %(kinds)s::text[],
            %(form_keys)s::smallint[], %(form_blobs)s::bytea[], %(accounts)s::text[],
            %(discounts)s::bigint[], %(gifts)s::boolean[], %(bundle_ids)s::uuid[], %(bundle_revisions)s::uuid[],
            %(bundle_titles)s::text[])
     WITH ORDINALITY AS l (id, sku_id, title, quantity, unit_price_minor, limited_buyer, kind, form_key_id, form_blob,
                                 account, discount_minor, gift, bundle_id, bundle_revision_id, bundle_title, position)
