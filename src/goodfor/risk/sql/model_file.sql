SELECT encoding, set_version, file, file_sha256, calibration, bands, number FROM risk_model
WHERE shop_id = %(shop_id)s AND id = %(id)s
