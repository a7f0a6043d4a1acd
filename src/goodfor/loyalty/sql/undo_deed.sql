-- So much of what was paid is back in all: it counts that much less. Never more again.
UPDATE loyalty_deed SET back_minor = %(back)s::bigint,
       growth = CASE WHEN %(back)s::bigint >= paid_minor THEN 0
                     ELSE %(growth)s::bigint - %(growth)s::bigint * %(back)s::bigint / paid_minor END
WHERE shop_id = %(shop_id)s AND order_id = %(order_id)s AND back_minor < %(back)s::bigint
RETURNING owner
