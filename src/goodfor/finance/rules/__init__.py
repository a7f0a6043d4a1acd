"""Journal rules of finance, each pure: what happened (facts) -> what is booked, with the rule's `NAME` and `VERSION`.

A rule that books otherwise than before gets another version; what was booked stays, and its version tells how.
"""
