"""`soak promotions`: the evaluator against the second one in 10,000 random carts, and 100,000 whose prices must hold.

Both must agree in each of those, too. Shares are the discount, floors and budgets are kept, no line goes below a
fen a piece. A case that fails is made small and printed. Other seeds: `GOODFOR_SOAK_FIRST`.
"""

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.soak.testing import run_tests

SAME = "src/goodfor/promotions/tests/test_same.py"


def run(*, json: bool = False, scale: float = 1.0) -> BenchResult:  # noqa: ARG001
    """Option: scale (of 10,000 and 100,000)."""
    figures, bar = run_tests(["-m", "soak", SAME], processes="2", environment={"GOODFOR_SOAK_SCALE": str(scale)})
    equal, held = round(10_000 * float(scale)), round(100_000 * float(scale))
    return BenchResult("promotions", {**figures, "equal": equal, "held": held}, [bar])
