COPY (
    -- A shop's cube of some days, as the snapshot keeps it.
    SELECT day, currency, sku_id, supplier_id, channel, method, segment, campaign_id, paid_minor, paid_back_minor, sales_minor,
           sales_back_minor, adjusted_minor, other_income_minor, discount_minor, cost_minor, fee_minor, commission_minor,
           marketing_minor, compensation_minor, recovery_minor, difference_minor, paid_orders, orders, lines, units, refunds
      FROM insights_cube
     WHERE shop_id = %(shop_id)s AND grain = 'd' AND day >= %(first)s AND day <= %(last)s
     ORDER BY day
) TO STDOUT (FORMAT csv, NULL '\N')
