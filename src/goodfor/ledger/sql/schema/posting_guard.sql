-- The functions are in posting_moves.sql and posting_check.sql: a later migration may replace them.
CREATE TRIGGER ledger_posting_guard AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_guard();
