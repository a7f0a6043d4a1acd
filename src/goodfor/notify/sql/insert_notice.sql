-- The business key, once: no row comes back when somebody has told this before.
INSERT INTO notify_notice (id, shop_id, scene, subject, audience, channel, created_at)
VALUES (%(id)s, %(shop_id)s, %(scene)s, %(subject)s, %(audience)s, %(channel)s, %(now)s)
ON CONFLICT (shop_id, scene, subject, audience, channel) DO NOTHING
RETURNING id
