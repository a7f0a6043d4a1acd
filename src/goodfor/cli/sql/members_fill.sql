-- So many members of a shop, by sets: accounts with birthdays, a tenth of them here for a year and a day; standings of which
-- a twelfth has ended and a twelfth ends soon; two deeds each; a wallet with two lots, of which one has ended for every other
-- member, and one ends in a week for every fourth. Numbers are told from the member's, not by chance.
WITH people AS (
    SELECT n, md5('member ' || n)::uuid AS owner, md5('wallet ' || n)::uuid AS wallet, md5('lot ' || n)::uuid AS lot,
           md5('ended ' || n)::uuid AS ended,
           %(now)s::timestamptz - CASE WHEN n %% 10 = 0 THEN interval '1 year 1 day' ELSE interval '400 days' END AS joined
    FROM generate_series(%(first)s::int, %(last)s::int) n
), accounts AS (
    INSERT INTO identity_buyer (id, shop_id, state, name, birthday, locale, password, created_at)
    SELECT owner, %(shop_id)s::uuid, 'active', '', date '1990-01-01' + n %% 365, 'zh-hans', '', joined FROM people
), standings AS (
    INSERT INTO loyalty_member (shop_id, owner, rank, since, until, source, joined_at)
    SELECT %(shop_id)s::uuid, owner, n %% 3, joined,
           CASE WHEN n %% 3 > 0 THEN %(now)s::timestamptz + (n %% 12 * interval '30 days') - interval '1 day' END,
           'earned', joined
    FROM people
), deeds AS (
    INSERT INTO loyalty_deed (shop_id, order_id, owner, at, paid_minor, back_minor, growth)
    SELECT %(shop_id)s::uuid, md5(k || ' deed ' || n)::uuid, owner, %(now)s::timestamptz - k * interval '100 days',
           1 + n %% 70 * 1000, 0, n %% 70 * 10
    FROM people, generate_series(1, 2) k
), wallets AS (
    INSERT INTO loyalty_wallet (id, shop_id, kind, scope, owner, balance, debt)
    SELECT wallet, %(shop_id)s::uuid, 'points', '00000000-0000-0000-0000-000000000000', owner,
           100 + CASE WHEN n %% 2 = 0 THEN 40 ELSE 0 END, 0
    FROM people
), lots AS (
    SELECT lot AS id, wallet, 100 AS units,
           %(now)s::timestamptz + CASE WHEN n %% 4 = 0 THEN interval '7 days' ELSE interval '200 days' END AS expires_at
    FROM people
    UNION ALL
    SELECT ended, wallet, 40, %(now)s::timestamptz - interval '1 second' FROM people WHERE n %% 2 = 0
), entries AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    SELECT id, %(shop_id)s::uuid, wallet, 'earn', units, units, units * 95 / 100, 'soak', id::text, '', 'sale', '', 'soak',
           NULL, %(now)s::timestamptz - interval '100 days'
    FROM lots
)
INSERT INTO loyalty_lot (id, shop_id, wallet_id, entry_id, units, remaining, minor, order_id, earned_at, available_at,
                         expires_at)
SELECT id, %(shop_id)s::uuid, wallet, id, units, units, units * 95 / 100, NULL, %(now)s::timestamptz - interval '100 days',
       %(now)s::timestamptz - interval '90 days', expires_at
FROM lots
