-- Ended messages that are older than their shop keeps them, all shops, a batch at a time; open ones stay.
WITH shops AS (
    SELECT a.shop_id, %(now)s::timestamptz - make_interval(days => coalesce(k.keep_days, %(keep_days)s)) AS before
    FROM (SELECT DISTINCT shop_id FROM notify_account) a LEFT JOIN notify_setting k ON k.shop_id = a.shop_id
), old AS (
    SELECT m.shop_id, m.id FROM shops
    CROSS JOIN LATERAL (
        SELECT n.shop_id, n.id FROM notify_message n
        WHERE n.shop_id = shops.shop_id AND n.created_at < shops.before
          AND n.state IN ('sent', 'failed', 'lost', 'expired')
        ORDER BY n.created_at LIMIT %(limit)s
    ) m
    LIMIT %(limit)s
)
DELETE FROM notify_message m USING old WHERE m.shop_id = old.shop_id AND m.id = old.id
