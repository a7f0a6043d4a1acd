-- Count a call to a channel account, answered or not, in its minute.
INSERT INTO payments_health (account_id, minute, shop_id, answered, silent)
VALUES (%(account_id)s, %(minute)s, %(shop_id)s, %(answered)s, %(silent)s)
ON CONFLICT (account_id, minute) DO UPDATE
   SET answered = payments_health.answered + excluded.answered,
       silent = payments_health.silent + excluded.silent
