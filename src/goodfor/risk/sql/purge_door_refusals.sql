-- Those who were turned away, of all shops (shop_id): counted into their hour as they are forgotten. How many went.
WITH gone AS (
    DELETE FROM risk_door_refusal WHERE id IN (
        SELECT id FROM risk_door_refusal WHERE at < %(before)s ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING shop_id, door, at, asked
), counted AS (
    INSERT INTO risk_door_hour AS h (shop_id, door, hour, "right", wrong, refused, asked)
    SELECT shop_id, door, date_trunc('hour', at, 'UTC'), 0, 0, count(*) FILTER (WHERE NOT asked),
           count(*) FILTER (WHERE asked)
    FROM gone GROUP BY 1, 2, 3
    ON CONFLICT (shop_id, door, hour) DO UPDATE SET refused = h.refused + excluded.refused,
        asked = h.asked + excluded.asked
)
SELECT count(*) FROM gone
