-- Until when the door is slow for a subject.
SELECT blocked_until FROM console_tries WHERE scope = %(scope)s AND subject_hash = %(subject_hash)s
