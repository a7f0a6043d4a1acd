"""Truths of the vault."""

from goodfor.kernel.invariants import Invariant

# Counts of the rows and of the books, lot by lot; staged and cancelled codes are in neither.
_COUNTS = """
    SELECT lot_id, count(*) FILTER (WHERE state = 0) AS free, count(*) FILTER (WHERE state = 1) AS reserved,
           count(*) FILTER (WHERE state = 2) AS sold, count(*) FILTER (WHERE state = 3) AS quarantined,
           count(*) FILTER (WHERE state = 4) AS void
    FROM vault_code GROUP BY lot_id
"""
_TAIL = """
    SELECT lot_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold,
           sum(quarantined) AS quarantined, sum(void) AS void
    FROM vault_stock_delta GROUP BY lot_id
"""

INVARIANTS: list[Invariant] = [
    Invariant(
        name="vault.code_in_one_state",
        room="vault",
        why="a code is free, reserved, sold, quarantined or void, with exactly the dates and holder of that state",
        sql="""
            SELECT id::text, 'state ' || state FROM vault_code
            WHERE state NOT BETWEEN 0 AND 4
               OR (state = 0 AND (holder_id IS NOT NULL OR sold_at IS NOT NULL OR revealed_at IS NOT NULL))
               OR (state = 1) <> (reserved_until IS NOT NULL)
               OR (state = 2 AND (holder_id IS NULL OR sold_at IS NULL))
               OR (state = 1 AND (holder_id IS NULL OR sold_at IS NOT NULL))
        """,
    ),
    Invariant(
        name="vault.sold_once",
        room="vault",
        why="a shop never holds the same code twice, so it cannot sell it twice",
        sql="""
            SELECT min(id::text), count(*) || ' rows with one fingerprint' FROM vault_code
            GROUP BY shop_id, fingerprint HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="vault.lot_counts_equal_rows",
        room="vault",
        why="stock that is shown and sold from must be the codes that are there",
        sql=f"""
            SELECT l.id::text, 'free ' || (l.free + coalesce(t.free, 0)) || ' of ' || coalesce(c.free, 0)
                   || ', reserved ' || (l.reserved + coalesce(t.reserved, 0)) || ' of ' || coalesce(c.reserved, 0)
                   || ', sold ' || (l.sold + coalesce(t.sold, 0)) || ' of ' || coalesce(c.sold, 0)
            FROM vault_lot l LEFT JOIN ({_COUNTS}) c ON c.lot_id = l.id LEFT JOIN ({_TAIL}) t ON t.lot_id = l.id
            WHERE l.state <> 'staged'
              AND (l.free + coalesce(t.free, 0) <> coalesce(c.free, 0)
                   OR l.reserved + coalesce(t.reserved, 0) <> coalesce(c.reserved, 0)
                   OR l.sold + coalesce(t.sold, 0) <> coalesce(c.sold, 0)
                   OR l.quarantined + coalesce(t.quarantined, 0) <> coalesce(c.quarantined, 0)
                   OR l.void + coalesce(t.void, 0) <> coalesce(c.void, 0))
        """,  # noqa: S608
    ),
    Invariant(
        name="vault.stock_counts_equal_lots",
        room="vault",
        why="the counts of a SKU are the sum of its lots",
        sql="""
            SELECT coalesce(l.sku_id, s.sku_id)::text, 'stock of the SKU differs from its lots'
            FROM (SELECT shop_id, sku_id, sum(free) AS free, sum(reserved) AS reserved, sum(sold) AS sold,
                         sum(quarantined) AS quarantined, sum(void) AS void
                  FROM vault_lot GROUP BY shop_id, sku_id) l
            FULL JOIN vault_stock s USING (shop_id, sku_id)
            WHERE (coalesce(l.free, 0), coalesce(l.reserved, 0), coalesce(l.sold, 0), coalesce(l.quarantined, 0),
                   coalesce(l.void, 0))
               <> (coalesce(s.free, 0), coalesce(s.reserved, 0), coalesce(s.sold, 0), coalesce(s.quarantined, 0),
                   coalesce(s.void, 0))
        """,
    ),
    Invariant(
        name="vault.lot_is_whole",
        room="vault",
        why="all codes of a lot that was loaded are still on record",
        sql="""
            SELECT l.id::text, l.loaded || ' loaded, ' || count(c.id) || ' there'
            FROM vault_lot l JOIN vault_batch b ON b.id = l.batch_id LEFT JOIN vault_code c ON c.lot_id = l.id
            WHERE b.state <> 'cancelled'
            GROUP BY l.id, l.loaded HAVING count(c.id) <> l.loaded
        """,
    ),
    Invariant(
        name="vault.batch_counts_equal_lots",
        room="vault",
        why="what an import accepted is what its lots hold; a batch is on sale as a whole or not at all",
        sql="""
            SELECT b.id::text, b.accepted || ' accepted, ' || coalesce(sum(l.loaded), 0) || ' loaded'
            FROM vault_batch b LEFT JOIN vault_lot l ON l.batch_id = b.id
            WHERE b.state <> 'cancelled'
            GROUP BY b.id, b.accepted, b.state
            HAVING b.accepted <> coalesce(sum(l.loaded), 0)
                OR bool_or((l.state = 'staged') <> (b.state = 'staging'))
        """,
    ),
    Invariant(
        name="vault.reservation_in_time",
        room="vault",
        why="a reservation that outlives its time keeps codes from other buyers",
        sql="""
            SELECT id::text, 'reserved until ' || reserved_until FROM vault_code
            WHERE reserved_until < %(now)s - interval '120 seconds'
        """,
    ),
    Invariant(
        name="vault.staged_codes_are_free",
        room="vault",
        why="nothing of an import is sold before all of it is there",
        sql="""
            SELECT c.id::text, 'state ' || c.state || ' in a staged lot'
            FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id
            WHERE l.state = 'staged' AND c.state <> 0
        """,
    ),
    Invariant(
        name="vault.code_belongs_to_its_lot",
        room="vault",
        why="a code without its lot has no cost and no expiry, one in another shop's lot is a leak",
        sql="""
            SELECT c.id::text, 'lot ' || c.lot_id FROM vault_code c LEFT JOIN vault_lot l ON l.id = c.lot_id
            WHERE l.id IS NULL OR l.shop_id <> c.shop_id OR l.sku_id <> c.sku_id
        """,
    ),
    Invariant(
        name="vault.drained_lots_are_empty",
        room="vault",
        why="claims do not look into drained lots: a free code in one would never be sold",
        sql="""
            SELECT c.id::text, 'free in drained lot ' || l.id FROM vault_lot l
            JOIN vault_code c ON c.lot_id = l.id AND c.state = 0
            WHERE l.state = 'drained'
              AND NOT EXISTS (SELECT 1 FROM vault_stock_delta d WHERE d.shop_id = l.shop_id AND d.sku_id = l.sku_id
                              AND d.lot_id = l.id)
        """,
    ),
]
