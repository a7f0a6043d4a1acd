-- How many wait for a person: without an end, or to be written by hand; in the words of the index of the few.
SELECT count(*) FROM invoices_invoice
WHERE shop_id = %(shop_id)s
  AND (state = 'unknown' OR (next_try_at IS NULL AND state IN ('issuing', 'requested', 'unknown')))
