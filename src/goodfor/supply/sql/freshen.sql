-- supply, platform job: items that are offered and were not looked at for a while are to be read, oldest first.
UPDATE supply_item i SET hint_at = %(now)s
FROM supply_supplier s
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (c.seen_at, c.item_id) c.id FROM supply_offer o
    JOIN supply_item c ON c.id = o.item_id
    WHERE o.shop_id = s.shop_id AND o.supplier_id = s.id AND o.enabled AND c.hint_at IS NULL AND c.state <> 'deleted'
      AND c.seen_at < %(before)s
    ORDER BY c.seen_at, c.item_id
    -- No more than a full turn waits, however slow the supplier's pace.
    LIMIT greatest(0, %(each)s::bigint - (SELECT count(*) FROM supply_item h
                                          WHERE h.supplier_id = s.id AND h.hint_at IS NOT NULL))
) old
WHERE s.enabled AND i.id = old.id AND i.hint_at IS NULL
