-- Answers of all shops (shop_id) that no window reaches any more; with them goes what was kept of passwords. What goes
-- is counted into its hour, in the same statement: each line is in one of both places. How many went.
WITH gone AS (
    DELETE FROM risk_door_answer WHERE id IN (
        SELECT id FROM risk_door_answer WHERE at < %(before)s ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING shop_id, door, at, good
), counted AS (
    INSERT INTO risk_door_hour AS h (shop_id, door, hour, "right", wrong, refused, asked)
    SELECT shop_id, door, date_trunc('hour', at, 'UTC'), count(*) FILTER (WHERE good), count(*) FILTER (WHERE NOT good),
           0, 0
    FROM gone GROUP BY 1, 2, 3
    ON CONFLICT (shop_id, door, hour) DO UPDATE SET "right" = h."right" + excluded."right",
        wrong = h.wrong + excluded.wrong
)
SELECT count(*) FROM gone
