-- finance: what parts of lines have given back by now.
UPDATE finance_sold s
   SET refunded_minor = r.refunded, cost_back_minor = r.cost_back, vat_back_minor = r.vat_back,
       passed_back_minor = r.passed_back, fee_back_minor = r.fee_back, input_back_minor = r.input_back
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(line uuid, part smallint, refunded bigint, cost_back bigint,
       vat_back bigint, passed_back bigint, fee_back bigint, input_back bigint)
 WHERE s.shop_id = %(shop_id)s AND s.order_line_id = r.line AND s.part = r.part
