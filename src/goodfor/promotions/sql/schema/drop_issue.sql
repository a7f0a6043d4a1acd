DROP FUNCTION promotions_issue(uuid, uuid, text, text[], timestamptz);
