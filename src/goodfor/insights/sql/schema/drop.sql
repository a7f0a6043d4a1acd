DROP VIEW IF EXISTS insights_posting_by_tx, insights_posting_by_order, insights_posting_all;
DROP FUNCTION IF EXISTS insights_measure(text, text), insights_sign(text), insights_share(bigint, bigint[]);
DROP TRIGGER IF EXISTS insights_append_only ON insights_issue;
DROP TRIGGER IF EXISTS insights_append_only ON insights_brief;
DROP FUNCTION IF EXISTS insights_refuse();
