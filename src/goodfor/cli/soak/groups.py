"""`soak groups`: 5,000 groups on a real database: payments, expiry, refunds and the last member, all racing.

Every member is delivered or refunded, never both; a group forms by enough different persons who paid, by nobody else.
"""

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.soak.testing import run_tests

TEST = "src/goodfor/orders/tests/test_groups_long.py"
GROUPS = 5_000


def run(*, json: bool = False, scale: float = 1.0) -> BenchResult:  # noqa: ARG001
    """Option: scale (of 5,000)."""
    figures, bar = run_tests(
        ["-m", "soak", "-s", TEST], processes="0", environment={"GOODFOR_SOAK_SCALE": str(scale)}
    )  # fmt: skip
    return BenchResult("groups", {**figures, "groups": max(1, round(GROUPS * float(scale)))}, [bar])
