-- Books of the stand-ins of suppliers. Money is integer ten-thousandths, time integer milliseconds since 1970.
CREATE TABLE IF NOT EXISTS sites (
    id         INTEGER PRIMARY KEY,
    vendor     TEXT NOT NULL,
    name       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    credit     INTEGER NOT NULL DEFAULT 0,
    -- The sum of the movements, kept by the trigger below; `totals` compares.
    balance    INTEGER NOT NULL DEFAULT 0,
    push_url   TEXT NOT NULL DEFAULT '',
    delay_ms   INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    UNIQUE (vendor, name)
);
CREATE TABLE IF NOT EXISTS items (
    site     INTEGER NOT NULL REFERENCES sites (id),
    id       TEXT NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('card', 'direct', 'ticket', 'link', 'image', 'manual')),
    cost     INTEGER NOT NULL CHECK (cost >= 0),
    face     INTEGER NOT NULL DEFAULT 0,
    -- NULL: without end.
    stock    INTEGER CHECK (stock >= 0),
    state    TEXT NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'paused', 'banned', 'deleted')),
    category TEXT NOT NULL DEFAULT '',
    form     TEXT NOT NULL DEFAULT '[]',
    detail   TEXT NOT NULL DEFAULT '{}',
    place    INTEGER NOT NULL,
    PRIMARY KEY (site, id)
);
CREATE TABLE IF NOT EXISTS orders (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    site       INTEGER NOT NULL REFERENCES sites (id),
    ref        TEXT NOT NULL UNIQUE,
    number     TEXT NOT NULL,
    item       TEXT NOT NULL,
    sku        TEXT NOT NULL DEFAULT '',
    kind       TEXT NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    unit_cost  INTEGER NOT NULL,
    charged    INTEGER NOT NULL DEFAULT 0 CHECK (charged >= 0),
    refunded   INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND charged),
    state      TEXT NOT NULL,
    done       INTEGER NOT NULL DEFAULT 0,
    hint       TEXT NOT NULL DEFAULT '',
    form       TEXT NOT NULL DEFAULT '{}',
    notify_url TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '{}',
    asked      INTEGER NOT NULL DEFAULT 0,
    hidden_ms  INTEGER NOT NULL DEFAULT 0,
    hidden_for INTEGER NOT NULL DEFAULT 0,
    odd        TEXT NOT NULL DEFAULT '',
    -- Questions are counted only where a fault waits for them.
    counts     INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER
);
CREATE INDEX IF NOT EXISTS orders_number ON orders (site, number);
CREATE TABLE IF NOT EXISTS codes (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    site      INTEGER NOT NULL REFERENCES sites (id),
    order_seq INTEGER NOT NULL REFERENCES orders (seq),
    ref       TEXT NOT NULL UNIQUE,
    number    TEXT NOT NULL DEFAULT '',
    secret    TEXT NOT NULL DEFAULT '',
    link      TEXT NOT NULL DEFAULT '',
    image     BLOB NOT NULL DEFAULT x'',
    state     TEXT NOT NULL DEFAULT 'unused',
    -- 0: a fault made it (twice the same, one too many).
    honest    INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX IF NOT EXISTS codes_once ON codes (secret) WHERE honest = 1 AND secret <> '';
CREATE INDEX IF NOT EXISTS codes_order ON codes (order_seq);
-- When a code was used, where that is known. (A table of its own: books of earlier versions go on.)
CREATE TABLE IF NOT EXISTS uses (
    ref     TEXT PRIMARY KEY,
    used_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS movements (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    site      INTEGER NOT NULL REFERENCES sites (id),
    order_seq INTEGER REFERENCES orders (seq),
    kind      TEXT NOT NULL CHECK (kind IN ('topup', 'charge', 'refund')),
    amount    INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL
);
CREATE TRIGGER IF NOT EXISTS movements_balance AFTER INSERT ON movements BEGIN
    UPDATE sites SET balance = balance + NEW.amount WHERE id = NEW.site;
END;
-- What will happen to an order: at a time, or once it was asked about so often.
CREATE TABLE IF NOT EXISTS steps (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    order_seq INTEGER NOT NULL REFERENCES orders (seq),
    what      TEXT NOT NULL,
    detail    TEXT NOT NULL DEFAULT '{}',
    at_ms     INTEGER,
    queries   INTEGER
);
CREATE INDEX IF NOT EXISTS steps_due ON steps (at_ms) WHERE at_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS steps_order ON steps (order_seq);
CREATE TABLE IF NOT EXISTS tickets (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    site       INTEGER NOT NULL REFERENCES sites (id),
    order_seq  INTEGER NOT NULL REFERENCES orders (seq),
    ref        TEXT NOT NULL UNIQUE,
    text       TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting',
    reply      TEXT NOT NULL DEFAULT '',
    notify_url TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS pushes (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    site      INTEGER NOT NULL REFERENCES sites (id),
    order_seq INTEGER,
    what      TEXT NOT NULL,
    method    TEXT NOT NULL,
    url       TEXT NOT NULL,
    headers   TEXT NOT NULL,
    body      BLOB NOT NULL,
    ack       BLOB NOT NULL,
    fault     TEXT NOT NULL DEFAULT '',
    single    INTEGER NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'heard', 'given_up')),
    attempt   INTEGER NOT NULL DEFAULT 0,
    next_ms   INTEGER NOT NULL,
    status    INTEGER NOT NULL DEFAULT 0,
    answer    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS pushes_due ON pushes (next_ms) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS calls (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    site     INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    number   TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    at_ms    INTEGER NOT NULL
);
