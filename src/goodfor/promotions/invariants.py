"""Truths about promotions."""

from goodfor.promotions import group_invariants
from goodfor.promotions.bundle_invariants import BUNDLES

INVARIANTS = [*BUNDLES, *group_invariants.INVARIANTS]
