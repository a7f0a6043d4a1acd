-- Tries of more than a day ago count no more.
DELETE FROM console_tries WHERE last_at < %(before)s
