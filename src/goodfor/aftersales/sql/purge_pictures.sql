-- Pictures of cases that were closed long ago, of all shop_ids; of a case that was opened again they stay.
DELETE FROM aftersales_picture
WHERE id = ANY (ARRAY(
    SELECT p.id
    FROM aftersales_picture p
    JOIN aftersales_case c ON c.id = p.case_id AND c.shop_id = p.shop_id
    WHERE p.at < %(before)s AND c.closed_at < %(before)s
    ORDER BY p.at
    LIMIT %(limit)s
))
