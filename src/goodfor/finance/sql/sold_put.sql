-- finance: how the lines of orders were sold, part by part.
INSERT INTO finance_sold (order_line_id, part, shop_id, order_id, sku_id, category_id, supplier_code, contract_id, model,
       fee_bearer, quantity, currency, gross_minor, refunded_minor, discount_minor, cost_minor, cost_back_minor, rate_bp,
       vat_minor, vat_back_minor, passed_minor, passed_back_minor, fee_minor, fee_back_minor, input_minor, input_back_minor,
       delivered_at)
SELECT r.line, r.part, %(shop_id)s, r.order_id, r.sku, r.category, r.supplier, r.contract, r.model, r.bearer, r.quantity,
       r.currency, r.gross, r.refunded, r.discount, r.cost, r.cost_back, r.rate_bp, r.vat, r.vat_back, r.passed,
       r.passed_back, r.fee, r.fee_back, r.input, r.input_back, r.at
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(line uuid, part smallint, order_id uuid, sku uuid, category uuid,
       supplier text, contract uuid, model text, bearer text, quantity int, currency text, gross bigint, refunded bigint,
       discount bigint, cost bigint, cost_back bigint, rate_bp int, vat bigint, vat_back bigint, passed bigint,
       passed_back bigint, fee bigint, fee_back bigint, input bigint, input_back bigint, at timestamptz)
