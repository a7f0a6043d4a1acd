-- Books of the four channels. Money is integer minor units, time is integer milliseconds since 1970.
CREATE TABLE IF NOT EXISTS payments (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel     TEXT NOT NULL,
    merchant    TEXT NOT NULL,
    number      TEXT NOT NULL,
    ref         TEXT NOT NULL UNIQUE,
    alias       TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0 AND typeof(amount) = 'integer'),
    currency    TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'closed')),
    refunded    INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND amount),
    fee         INTEGER NOT NULL DEFAULT 0,
    splitting   INTEGER NOT NULL DEFAULT 0 CHECK (splitting IN (0, 1)),
    subject     TEXT NOT NULL,
    notify_url  TEXT NOT NULL,
    return_url  TEXT NOT NULL,
    detail      TEXT NOT NULL DEFAULT '{}',
    created_ms  INTEGER NOT NULL,
    seen_ms     INTEGER,
    paid_ms     INTEGER,
    closed_ms   INTEGER,
    expires_ms  INTEGER,
    late_pay_ms INTEGER,
    UNIQUE (channel, merchant, number),
    CHECK ((state = 'paid') = (paid_ms IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS payments_alias ON payments (channel, alias) WHERE alias <> '';
CREATE INDEX IF NOT EXISTS payments_paid ON payments (channel, merchant, paid_ms) WHERE paid_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS payments_late ON payments (late_pay_ms) WHERE late_pay_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS refunds (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    key        TEXT NOT NULL,
    number     TEXT NOT NULL,
    ref        TEXT NOT NULL UNIQUE,
    payment    INTEGER NOT NULL REFERENCES payments (seq),
    amount     INTEGER NOT NULL CHECK (amount >= 0 AND typeof(amount) = 'integer'),
    fee_back   INTEGER NOT NULL DEFAULT 0,
    state      TEXT NOT NULL CHECK (state IN ('processing', 'success', 'abnormal', 'closed', 'failed')),
    settle_ms  INTEGER,
    settle_to  TEXT NOT NULL,
    reason     TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER,
    UNIQUE (channel, key),
    CHECK ((state = 'processing') = (settle_ms IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS refunds_of ON refunds (payment);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (settle_ms) WHERE settle_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS receivers (
    channel TEXT NOT NULL, merchant TEXT NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL,
    name TEXT NOT NULL, relation TEXT NOT NULL,
    PRIMARY KEY (channel, merchant, type, account)
);

CREATE TABLE IF NOT EXISTS splits (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    merchant   TEXT NOT NULL,
    number     TEXT NOT NULL,
    ref        TEXT NOT NULL UNIQUE,
    payment    INTEGER NOT NULL REFERENCES payments (seq),
    asked      TEXT NOT NULL,
    finish     INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    settle_ms  INTEGER NOT NULL,
    UNIQUE (channel, merchant, number)
);
CREATE TABLE IF NOT EXISTS shares (
    id          TEXT PRIMARY KEY,
    split       INTEGER NOT NULL REFERENCES splits (seq),
    type        TEXT NOT NULL,
    account     TEXT NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    description TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'success', 'closed')),
    fail_reason TEXT NOT NULL DEFAULT '',
    ended_ms    INTEGER
);
CREATE INDEX IF NOT EXISTS shares_of ON shares (split);

CREATE TABLE IF NOT EXISTS returns (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel     TEXT NOT NULL,
    merchant    TEXT NOT NULL,
    number      TEXT NOT NULL,
    ref         TEXT NOT NULL UNIQUE,
    split       INTEGER NOT NULL REFERENCES splits (seq),
    account     TEXT NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    description TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('success', 'failed')),
    fail_reason TEXT NOT NULL DEFAULT '',
    created_ms  INTEGER NOT NULL,
    UNIQUE (channel, merchant, number)
);

-- Money that a merchant pays to a bank account. The same number is paid once: what is asked for again is compared.
CREATE TABLE IF NOT EXISTS transfers (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    merchant   TEXT NOT NULL,
    number     TEXT NOT NULL,
    ref        TEXT NOT NULL UNIQUE,
    amount     INTEGER NOT NULL CHECK (amount > 0 AND typeof(amount) = 'integer'),
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    bank       TEXT NOT NULL,
    title      TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('dealing', 'success', 'failed')),
    reason     TEXT NOT NULL DEFAULT '',
    settle_to  TEXT NOT NULL CHECK (settle_to IN ('success', 'failed')),
    settle_ms  INTEGER,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER,
    UNIQUE (channel, merchant, number),
    CHECK ((state = 'dealing') = (settle_ms IS NOT NULL)),
    CHECK ((state = 'dealing') = (ended_ms IS NULL))
);

-- Consents to be charged again. `token` names the page that one is signed on; `ref` is the contract's number. A charge
-- that has to be announced has one announcement at a time.
CREATE TABLE IF NOT EXISTS agreements (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    channel       TEXT NOT NULL,
    merchant      TEXT NOT NULL,
    number        TEXT NOT NULL,
    ref           TEXT NOT NULL UNIQUE,
    token         TEXT NOT NULL UNIQUE,
    subject       TEXT NOT NULL,
    most          INTEGER NOT NULL CHECK (most >= 0 AND typeof(most) = 'integer'),
    currency      TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'signed', 'ended')),
    ended_by      TEXT NOT NULL DEFAULT '',
    notify_url    TEXT NOT NULL,
    return_url    TEXT NOT NULL,
    detail        TEXT NOT NULL DEFAULT '{}',
    announced     INTEGER,
    announced_for INTEGER,
    opens_ms      INTEGER,
    closes_ms     INTEGER,
    created_ms    INTEGER NOT NULL,
    signed_ms     INTEGER,
    ended_ms      INTEGER,
    UNIQUE (channel, merchant, number),
    CHECK ((state = 'waiting') = (signed_ms IS NULL AND ended_ms IS NULL)),
    CHECK ((state = 'ended') = (ended_ms IS NOT NULL))
);
CREATE TABLE IF NOT EXISTS disputes (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    ref        TEXT NOT NULL UNIQUE,
    payment    INTEGER NOT NULL REFERENCES payments (seq),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    reason     TEXT NOT NULL,
    state      TEXT NOT NULL,
    evidence   TEXT NOT NULL DEFAULT '{}',
    submitted  INTEGER NOT NULL DEFAULT 0,
    due_ms     INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER
);

-- Double entry: the postings of one entry sum to zero. An entry is booked once: (channel, kind, ref).
CREATE TABLE IF NOT EXISTS entries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    channel  TEXT NOT NULL,
    merchant TEXT NOT NULL,
    currency TEXT NOT NULL,
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    payment  INTEGER NOT NULL REFERENCES payments (seq),
    at_ms    INTEGER NOT NULL,
    UNIQUE (channel, kind, ref)
);
CREATE INDEX IF NOT EXISTS entries_by_time ON entries (channel, merchant, at_ms);
CREATE TABLE IF NOT EXISTS postings (
    entry   INTEGER NOT NULL REFERENCES entries (id),
    account TEXT NOT NULL,
    amount  INTEGER NOT NULL CHECK (typeof(amount) = 'integer'),
    PRIMARY KEY (entry, account)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS answers (
    channel TEXT NOT NULL, merchant TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, merchant, key)
);

CREATE TABLE IF NOT EXISTS bills (
    token TEXT PRIMARY KEY, channel TEXT NOT NULL, merchant TEXT NOT NULL, content BLOB NOT NULL,
    content_type TEXT NOT NULL, made_ms INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS notices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    trade_no    TEXT NOT NULL,
    channel     TEXT NOT NULL,
    event       TEXT NOT NULL,
    event_id    TEXT NOT NULL,
    url         TEXT NOT NULL,
    payload     TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    held        INTEGER NOT NULL DEFAULT 0,
    fault       TEXT NOT NULL DEFAULT '',
    fault_id    INTEGER,
    detail      TEXT NOT NULL DEFAULT '{}',
    repeat_left INTEGER NOT NULL DEFAULT 0,
    single      INTEGER NOT NULL DEFAULT 0,
    attempt     INTEGER NOT NULL DEFAULT 0,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'pending', 'sending', 'done', 'given_up')),
    next_ms     INTEGER NOT NULL,
    wait_for    INTEGER REFERENCES notices (id)
);
CREATE INDEX IF NOT EXISTS notices_due ON notices (next_ms) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS notices_waiting ON notices (wait_for) WHERE wait_for IS NOT NULL;
CREATE INDEX IF NOT EXISTS notices_of_trade ON notices (trade_no);
CREATE TABLE IF NOT EXISTS notifies (
    id INTEGER PRIMARY KEY AUTOINCREMENT, notice_id INTEGER NOT NULL REFERENCES notices (id), trade_no TEXT NOT NULL,
    attempt INTEGER NOT NULL, fault TEXT NOT NULL, started_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, answer TEXT NOT NULL, error TEXT NOT NULL, accepted INTEGER NOT NULL
);
