-- Drop browsers' sessions that are over: a housekeeping job, in batches, found by the index on expire_date.
DELETE FROM django_session
 WHERE session_key IN (SELECT session_key FROM django_session WHERE expire_date < %(now)s ORDER BY expire_date LIMIT %(limit)s)
