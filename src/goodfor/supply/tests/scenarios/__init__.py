"""The scenarios that every connector must pass through the hub, against a stand-in that keeps books of its own.

One function for each scenario (`replies`, `calls`, `doubts`, `failures`, `after`, `wares`), run for every protocol that
has a stand-in. What differs about a protocol is data with a reason (`kits`): another end, or what it does not have.
Every cell ends with the same questions (`stall`): do our books say what theirs say, does every code lie in the vault
once.
"""
