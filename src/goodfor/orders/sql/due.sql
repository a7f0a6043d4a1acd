-- Orders whose time is over: unpaid past pay_by, paid past deliver_by.
(SELECT shop_id, id, state FROM orders_order WHERE state = 'placed' AND pay_by <= %(now)s ORDER BY pay_by LIMIT %(limit)s)
UNION ALL
(SELECT shop_id, id, state FROM orders_order
 WHERE state = 'paid' AND state IN ('paid', 'refunding') AND deliver_by <= %(now)s ORDER BY deliver_by LIMIT %(limit)s)
