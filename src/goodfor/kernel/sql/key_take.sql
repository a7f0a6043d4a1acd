-- Delete a sealing key that is not active; waits for transactions that hold on to it.
DELETE FROM kernel_data_key WHERE id = %(id)s AND purpose = 'seal' AND NOT active
