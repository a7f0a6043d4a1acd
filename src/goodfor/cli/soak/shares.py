"""`soak shares`: 50,000 random sequences of sale, shares, refunds and agreements made anew, exact after each step.

At the end of each everything is given back, and so is every share, fee and tax. A seed that fails is printed.
"""

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.soak.testing import run_tests

RULES = "src/goodfor/finance/tests/test_rules.py"
SPLITS = "src/goodfor/ledger/tests/test_shares.py"


def run(*, json: bool = False, scale: float = 1.0) -> BenchResult:  # noqa: ARG001
    """Option: scale (of 50,000)."""
    figures, bar = run_tests(
        ["-m", "soak or not soak", RULES, SPLITS, "-k", "fifty_thousand or random_sequences"], processes="1",
        environment={"GOODFOR_SOAK_SCALE": str(scale)},
    )  # fmt: skip
    return BenchResult("shares", {**figures, "sequences": round(50_000 * float(scale))}, [bar])
