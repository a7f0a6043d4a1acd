COPY (
    -- A shop's flow of some days, as the snapshot keeps it.
    SELECT day, currency, sku_id, channel, method, segment, placed, started, paid, held, delivered, expired, cancelled, refunded,
           refunded_undelivered, partly_refunded, claimed, claims, proven, placed_minor
      FROM insights_flow WHERE shop_id = %(shop_id)s AND day >= %(first)s AND day <= %(last)s
     ORDER BY day
) TO STDOUT (FORMAT csv, NULL '\N')
