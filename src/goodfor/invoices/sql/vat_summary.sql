-- What was issued in a time: invoices and red letters, by paper, class, rate and currency.
SELECT i.paper, l.tax_class, l.rate_bp, i.currency,
       count(DISTINCT i.id) FILTER (WHERE i.kind = 'blue'),
       coalesce(sum(l.amount_minor) FILTER (WHERE i.kind = 'blue'), 0)::bigint,
       coalesce(sum(l.tax_minor) FILTER (WHERE i.kind = 'blue'), 0)::bigint,
       count(DISTINCT i.id) FILTER (WHERE i.kind = 'red'),
       coalesce(sum(l.amount_minor) FILTER (WHERE i.kind = 'red'), 0)::bigint,
       coalesce(sum(l.tax_minor) FILTER (WHERE i.kind = 'red'), 0)::bigint
FROM invoices_invoice i
JOIN invoices_line l ON l.shop_id = i.shop_id AND l.invoice_id = i.id
WHERE i.shop_id = %(shop_id)s AND i.issued_at >= %(since)s AND i.issued_at < %(until)s
GROUP BY i.paper, l.tax_class, l.rate_bp, i.currency
ORDER BY i.currency, i.paper DESC, l.rate_bp DESC, l.tax_class
