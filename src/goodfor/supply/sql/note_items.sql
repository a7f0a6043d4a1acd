-- supply: items as they are now: new ones, and changes of known ones.
INSERT INTO supply_item AS i (id, shop_id, supplier_id, item_id, variant, name, category, brand, kind, cost, currency,
                              face_value, face_currency, state, stock_word, stock, least, most, multiple, terms, whole,
                              seen_at, changed_at, words)
SELECT gen_random_uuid(), %(shop_id)s, %(supplier_id)s, n.item_id, n.variant, n.name, n.category, n.brand, n.kind,
       n.cost, n.currency, n.face, n.face_currency, n.state, n.stock_word, n.stock, n.least, n.most, n.multiple,
       n.terms::jsonb, n.whole, %(now)s, %(now)s, string_to_array(n.words, ' ')
FROM unnest(%(item_ids)s::text[], %(variants)s::text[], %(names)s::text[], %(categories)s::text[], %(brands)s::text[],
            %(kinds)s::text[], %(costs)s::numeric[], %(currencies)s::text[], %(faces)s::numeric[],
            %(face_currencies)s::text[], %(states)s::text[], %(stock_words)s::text[], %(stocks)s::bigint[],
            %(leasts)s::int[], %(mosts)s::int[], %(multiples)s::int[], %(terms)s::text[], %(wholes)s::bool[],
            %(words)s::text[])
     AS n (item_id, variant, name, category, brand, kind, cost, currency, face, face_currency, state, stock_word, stock,
           least, most, multiple, terms, whole, words)
ORDER BY n.item_id, n.variant
ON CONFLICT (supplier_id, item_id, variant) DO UPDATE
SET name = excluded.name, category = excluded.category, brand = excluded.brand, kind = excluded.kind,
    cost = excluded.cost, face_value = excluded.face_value, face_currency = excluded.face_currency,
    state = excluded.state, stock_word = excluded.stock_word, stock = excluded.stock, seen_at = excluded.seen_at,
    least = CASE WHEN excluded.whole THEN excluded.least ELSE i.least END,
    most = CASE WHEN excluded.whole THEN excluded.most ELSE i.most END,
    multiple = excluded.multiple, hint_at = NULL, words = excluded.words,
    terms = CASE WHEN excluded.whole OR NOT i.whole THEN excluded.terms
                 ELSE excluded.terms || jsonb_build_object('form', i.terms -> 'form') END,
    whole = i.whole OR excluded.whole,
    changed_at = CASE WHEN (i.cost, i.state, i.stock_word, i.stock)
                           IS DISTINCT FROM (excluded.cost, excluded.state, excluded.stock_word, excluded.stock)
                      THEN excluded.changed_at ELSE i.changed_at END
