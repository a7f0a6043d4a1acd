-- Days on which a shop's orders were paid: (day, rows, nothing more, since what is frozen of an order stays).
SELECT paid_on, count(*), '' FROM insights_order WHERE shop_id = %(shop_id)s AND paid_on IS NOT NULL GROUP BY paid_on
