-- aftersales: claims opened in a time, by SKU: (sku, decided, of these by nobody, promised moments, of these kept). What
-- its buyer took back was neither decided nor due, unless it was late already.
SELECT sku_id, count(*) FILTER (WHERE decided_at IS NOT NULL AND action <> '')::int,
       count(*) FILTER (WHERE decided_at IS NOT NULL AND action <> '' AND by = 'system')::int,
       (count(*) FILTER (WHERE answer_missed_at IS NOT NULL OR answered_at IS NOT NULL AND action <> '')
        + count(*) FILTER (WHERE decision_missed_at IS NOT NULL OR decided_at IS NOT NULL AND action <> ''))::int,
       (count(*) FILTER (WHERE answer_missed_at IS NULL AND answered_at IS NOT NULL AND action <> '')
        + count(*) FILTER (WHERE decision_missed_at IS NULL AND decided_at IS NOT NULL AND action <> ''))::int
FROM aftersales_case
WHERE shop_id = %(shop_id)s AND opened_at >= %(since)s AND opened_at < %(until)s
GROUP BY 1
