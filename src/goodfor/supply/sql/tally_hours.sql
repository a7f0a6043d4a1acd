-- supply, platform job: hours in which something was sent and that are not there yet. Reads each supplier's purchases
-- since its last known hour.
INSERT INTO supply_tally (supplier_id, shop_id, hour, due_at, tries, ended, success, unknown, speeds, delays, good, faulty,
                          charged, refunded, refunds)
SELECT p.id, p.shop_id, h.hour, %(now)s, 0, 0, 0, 0, '{}', '{}', 0, 0, 0, 0, 0
FROM supply_supplier p
CROSS JOIN LATERAL (
    SELECT DISTINCT date_trunc('hour', a.sent_at, 'UTC') AS hour
    FROM supply_attempt a
    WHERE a.shop_id = p.shop_id AND a.supplier_id = p.id
      AND a.sent_at >= coalesce(
          (SELECT t.hour FROM supply_tally t WHERE t.supplier_id = p.id ORDER BY t.hour DESC LIMIT 1), %(since)s)
) h
ON CONFLICT (supplier_id, hour) DO NOTHING
