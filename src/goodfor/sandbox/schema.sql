-- Books of the stand-in gateway. Money is integer fen, time is integer milliseconds since 1970.
CREATE TABLE IF NOT EXISTS merchants (
    pid         TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    md5_key     TEXT NOT NULL,
    md5_dialect TEXT NOT NULL DEFAULT 'plain' CHECK (md5_dialect IN ('plain', 'ampersand_key')),
    public_pem  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS trades (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    trade_no     TEXT NOT NULL UNIQUE,
    pid          TEXT NOT NULL REFERENCES merchants (pid),
    out_trade_no TEXT NOT NULL,
    version      INTEGER NOT NULL CHECK (version IN (1, 2)),
    type         TEXT NOT NULL,
    name         TEXT NOT NULL,
    money_fen    INTEGER NOT NULL CHECK (money_fen > 0 AND typeof(money_fen) = 'integer'),
    paid_fen     INTEGER NOT NULL DEFAULT 0 CHECK (paid_fen BETWEEN 0 AND money_fen),
    refunded_fen INTEGER NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND paid_fen),
    state        TEXT NOT NULL DEFAULT 'unpaid',
    notify_url   TEXT NOT NULL,
    return_url   TEXT NOT NULL,
    param        TEXT NOT NULL,
    clientip     TEXT NOT NULL,
    device       TEXT NOT NULL,
    api_trade_no TEXT NOT NULL DEFAULT '',
    created_ms   INTEGER NOT NULL,
    paid_ms      INTEGER,
    closed_ms    INTEGER,
    late_pay_ms  INTEGER,
    UNIQUE (pid, out_trade_no),
    CHECK (state IN ('unpaid', 'paid', 'partially_refunded', 'refunded', 'frozen', 'closed')),
    CHECK ((state IN ('unpaid', 'closed')) = (paid_fen = 0)),
    CHECK (state <> 'refunded' OR refunded_fen = paid_fen),
    CHECK (state <> 'partially_refunded' OR (refunded_fen > 0 AND refunded_fen < paid_fen)),
    CHECK (state <> 'paid' OR refunded_fen = 0)
);
CREATE INDEX IF NOT EXISTS trades_late ON trades (late_pay_ms) WHERE late_pay_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS refunds (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    refund_no     TEXT NOT NULL UNIQUE,
    trade_no      TEXT NOT NULL REFERENCES trades (trade_no),
    pid           TEXT NOT NULL,
    out_refund_no TEXT,
    amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0 AND typeof(amount_fen) = 'integer'),
    state         TEXT NOT NULL CHECK (state IN ('pending', 'success', 'failed')),
    settle_ms     INTEGER,
    settle_to     TEXT NOT NULL CHECK (settle_to IN ('success', 'failed')),
    created_ms    INTEGER NOT NULL,
    ended_ms      INTEGER,
    UNIQUE (pid, out_refund_no),
    CHECK ((state = 'pending') = (settle_ms IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS refunds_of_trade ON refunds (trade_no);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (settle_ms) WHERE settle_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS journal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
    pid        TEXT NOT NULL,
    trade_no   TEXT NOT NULL REFERENCES trades (trade_no),
    refund_no  TEXT REFERENCES refunds (refund_no),
    debit      TEXT NOT NULL,
    credit     TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0 AND typeof(amount_fen) = 'integer'),
    at_ms      INTEGER NOT NULL,
    CHECK ((kind = 'refund') = (refund_no IS NOT NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS journal_one_payment ON journal (trade_no) WHERE kind = 'payment';
CREATE UNIQUE INDEX IF NOT EXISTS journal_one_refund ON journal (refund_no) WHERE kind = 'refund';
CREATE TRIGGER IF NOT EXISTS journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- One row per notify to deliver, with its retries; a row that waits for another becomes pending when that one ends.
CREATE TABLE IF NOT EXISTS notices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    trade_no    TEXT NOT NULL REFERENCES trades (trade_no),
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
CREATE INDEX IF NOT EXISTS notices_open ON notices (state) WHERE state IN ('waiting', 'pending', 'sending');
CREATE INDEX IF NOT EXISTS notices_waiting ON notices (wait_for) WHERE wait_for IS NOT NULL;
CREATE INDEX IF NOT EXISTS notices_of_trade ON notices (trade_no);

CREATE TABLE IF NOT EXISTS notifies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    notice_id  INTEGER NOT NULL REFERENCES notices (id),
    trade_no   TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    fault      TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    took_ms    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    answer     TEXT NOT NULL,
    error      TEXT NOT NULL,
    accepted   INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS notifies_of_trade ON notifies (trade_no);
