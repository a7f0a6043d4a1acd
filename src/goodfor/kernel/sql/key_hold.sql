-- Hold on to a key: it cannot be deleted before this transaction ends.
SELECT id FROM kernel_data_key WHERE id = %(id)s FOR KEY SHARE
