"""A small supplier's counter in this process, for the tests of the hub: one protocol, real HTTP, books in memory.

The stand-ins of all protocols, with faults of every kind and books that last, are `goodfor.sandbox.suppliers`.
"""
