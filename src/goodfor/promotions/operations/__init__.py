"""Use cases of promotions. What orders call runs in their transaction."""

from goodfor.promotions.operations.phases import commit, release, reserve_again, roll_back
from goodfor.promotions.operations.reserve import reserve

__all__ = ["commit", "release", "reserve", "reserve_again", "roll_back"]
