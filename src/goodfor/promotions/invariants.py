"""Truths about promotions."""

from goodfor.promotions.bundle_invariants import BUNDLES

INVARIANTS = [*BUNDLES]
