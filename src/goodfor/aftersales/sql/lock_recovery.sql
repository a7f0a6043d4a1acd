-- One recovery, locked: how far it is settled.
SELECT id FROM aftersales_recovery WHERE shop_id = %(shop_id)s AND id = %(recovery_id)s FOR NO KEY UPDATE
