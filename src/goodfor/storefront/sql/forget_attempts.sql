-- Drop windows that are over, of all shops: a housekeeping job.
DELETE FROM storefront_attempt WHERE window_start < %(before)s
