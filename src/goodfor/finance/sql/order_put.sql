-- finance: what orders have earned by now. What was expected of them is written once.
INSERT INTO finance_order AS o (order_id, shop_id, number, currency, stage, channel, revenue_minor, discount_minor,
       cost_minor, fee_minor, share_minor, marketing_minor, compensation_minor, recovery_minor, other_minor, tax_minor,
       profit_minor, estimate_minor, estimate, paid_at, delivered_at, moved_at, changed_at)
SELECT r.order_id, %(shop_id)s, r.number, r.currency, r.stage, r.channel, r.revenue, r.discount, r.cost, r.fee, r.share,
       r.marketing, r.compensation, r.recovery, r.other, r.tax, r.profit, r.estimated, coalesce(r.estimate, '{}'),
       r.paid_at, r.delivered_at, r.moved_at, %(now)s
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(order_id uuid, number text, currency text, stage text,
       channel text, revenue bigint, discount bigint, cost bigint, fee bigint, share bigint, marketing bigint,
       compensation bigint, recovery bigint, other bigint, tax bigint, profit bigint, estimated bigint, estimate jsonb,
       paid_at timestamptz, delivered_at timestamptz, moved_at timestamptz)
ON CONFLICT (order_id) DO UPDATE
   SET stage = excluded.stage, channel = excluded.channel, revenue_minor = excluded.revenue_minor,
       discount_minor = excluded.discount_minor, cost_minor = excluded.cost_minor, fee_minor = excluded.fee_minor,
       share_minor = excluded.share_minor, marketing_minor = excluded.marketing_minor,
       compensation_minor = excluded.compensation_minor, recovery_minor = excluded.recovery_minor,
       other_minor = excluded.other_minor, tax_minor = excluded.tax_minor, profit_minor = excluded.profit_minor,
       paid_at = excluded.paid_at, delivered_at = coalesce(excluded.delivered_at, o.delivered_at),
       moved_at = excluded.moved_at, changed_at = excluded.changed_at
 WHERE o.shop_id = %(shop_id)s
