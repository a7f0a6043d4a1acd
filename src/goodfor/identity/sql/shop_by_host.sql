-- The shop of a host name; where no shop has that host, the only shop there is.
SELECT id, code, name, currency, locale, timezone, host, settings
  FROM identity_shop WHERE host = %(host)s
UNION ALL
(SELECT id, code, name, currency, locale, timezone, host, settings
   FROM identity_shop
  WHERE NOT EXISTS (SELECT 1 FROM identity_shop WHERE host = %(host)s)
    AND (SELECT count(*) FROM (SELECT 1 FROM identity_shop LIMIT 2) two) = 1)
LIMIT 1
