-- vault: how far an import is: the locked batch moves on from where it was.
UPDATE vault_batch
SET bytes_done = %(bytes_done)s, lines_done = %(lines_done)s, accepted = accepted + %(accepted)s,
    duplicate_in_file = duplicate_in_file + %(duplicate_in_file)s,
    duplicate_held = duplicate_held + %(duplicate_held)s, rejected = rejected + %(rejected)s
WHERE id = %(batch_id)s AND shop_id = %(shop_id)s AND state = 'staging' AND lines_done = %(expected)s
