-- risk: which of these marks are those of planted codes that still raise an alarm.
SELECT fingerprint FROM risk_canary
WHERE shop_id = %(shop_id)s AND fingerprint = ANY (%(fingerprints)b) AND retired_at IS NULL
