-- Undo of the guards and functions; the tables are dropped by the migration that made them.
DROP TRIGGER ledger_posting_guard ON ledger_posting;
DROP TRIGGER ledger_tx_guard ON ledger_tx;
DROP TRIGGER ledger_period_guard ON ledger_period;
DROP TRIGGER ledger_account_guard ON ledger_account;
DROP TRIGGER ledger_balance_moves ON ledger_balance;
DROP TRIGGER ledger_balance_opens ON ledger_balance;
DROP TRIGGER ledger_append_only ON ledger_tx;
DROP TRIGGER ledger_append_only ON ledger_posting;
DROP TRIGGER ledger_append_only ON ledger_seal;
DROP TRIGGER ledger_append_only ON ledger_account;
DROP TRIGGER ledger_append_only ON ledger_period;
DROP TRIGGER ledger_append_only ON ledger_balance;
DROP FUNCTION ledger_open, ledger_post, ledger_replayed, ledger_open_missing, ledger_posting_guard, ledger_move_guarded,
  ledger_move_sliced, ledger_check_special, ledger_tx_guard, ledger_period_guard, ledger_account_guard, ledger_refuse,
  ledger_business_date, ledger_chart, ledger_tx_digest, ledger_seal_hash;
ALTER TABLE ledger_tx DROP CONSTRAINT ledger_tx_hash;
ALTER TABLE ledger_balance RESET (fillfactor);
ALTER TABLE ledger_rollup RESET (fillfactor);
