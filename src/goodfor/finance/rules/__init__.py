"""Journal rules of finance, each pure: what happened (facts) -> what is booked. `NAME` and `VERSION` are kept in the entry.

A rule that books otherwise than before gets another version; what was booked stays, and its version tells how.
"""
