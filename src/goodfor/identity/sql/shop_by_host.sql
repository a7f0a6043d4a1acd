-- The shop of a host name; where no shop has that host, the only shop there is, or the only one without a host of its own.
SELECT id, code, name, currency, locale, timezone, host, settings
  FROM identity_shop WHERE host = %(host)s
UNION ALL
(SELECT id, code, name, currency, locale, timezone, host, settings
   FROM identity_shop shop
  WHERE NOT EXISTS (SELECT 1 FROM identity_shop WHERE host = %(host)s)
    AND ((SELECT count(*) FROM (SELECT 1 FROM identity_shop LIMIT 2) two) = 1
         OR (shop.host IS NULL
             AND (SELECT count(*) FROM (SELECT 1 FROM identity_shop WHERE host IS NULL LIMIT 2) two) = 1)))
LIMIT 1
