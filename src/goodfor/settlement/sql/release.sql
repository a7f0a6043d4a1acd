-- The items of a rejected statement are free again; the list of the statement stays as it was.
UPDATE settlement_item i SET statement_id = NULL
  FROM settlement_line l
 WHERE l.shop_id = %(shop_id)s AND l.statement_id = %(statement_id)s
   AND i.shop_id = l.shop_id AND i.tx_id = l.tx_id AND i.seq = l.seq AND i.statement_id = %(statement_id)s
