-- vault: lines that gave no code, and why.
INSERT INTO vault_batch_line (batch_id, shop_id, line_no, problem, other_line, other_batch_id)
SELECT %(batch_id)s, %(shop_id)s, n.line_no, n.problem, n.other_line, n.other_batch_id
FROM unnest(%(line_nos)s::bigint[], %(problems)s::text[], %(other_lines)s::bigint[], %(other_batches)s::uuid[])
     AS n (line_no, problem, other_line, other_batch_id)
