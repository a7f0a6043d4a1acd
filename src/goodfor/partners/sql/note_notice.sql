-- What a mall told of an order, once more.
INSERT INTO partners_notice (id, shop_id, account_id, order_num, success, biz_id, message, times, first_at, last_at)
VALUES (%(id)s::uuid, %(shop_id)s::uuid, %(account_id)s::uuid, %(order_num)s, %(success)s::boolean, %(biz_id)s,
        %(message)s, 1, %(now)s::timestamptz, %(now)s::timestamptz)
ON CONFLICT (shop_id, account_id, order_num, success) DO UPDATE
SET times = partners_notice.times + 1, last_at = greatest(partners_notice.last_at, EXCLUDED.last_at)
