"""`soak promotions`: what campaigns promise, many times over. Other seeds: `GOODFOR_SOAK_FIRST`.

* `prices`: the evaluator against the second one in 10,000 random carts, and 100,000 whose prices must hold. Both must
  agree in each of those, too. Shares are the discount, floors and budgets are kept, no line goes below a fen a piece. A
  case that fails is made small and printed.
* `refunds`: 20,000 random histories of limits and coupons given back by their policy, 20,000 of discounts given back
  line by line, and 500 orders through the real path: refunds in parts, claims, disputes, all of it; exact in books and
  limits.
* `replayed`: 3,420 orders of the past in 114 cases, a revision of each kind of play tried on them, and the same orders
  placed and paid for again under it: the same to the fen.
"""

from typing import Final

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.errors import CliError
from goodfor.cli.soak.testing import run_tests

_ROOMS: Final = "src/goodfor"
_SAME: Final = f"{_ROOMS}/promotions/tests/test_same.py"
_REFUNDS: Final = (
    f"{_ROOMS}/promotions/tests/test_given_back.py", f"{_ROOMS}/orders/tests/test_sales_back_property.py",
    f"{_ROOMS}/orders/tests/test_offer_refunds.py",
)  # fmt: skip
_REPLAYED: Final = f"{_ROOMS}/orders/tests/test_replayed.py"
PARTS: Final = {"prices": (_SAME,), "refunds": _REFUNDS, "replayed": (_REPLAYED,)}


def run(*, json: bool = False, scale: float = 1.0, part: str = "all") -> BenchResult:  # noqa: ARG001
    """Options: scale (of the numbers above), part (prices, refunds, replayed; all)."""
    if part != "all" and part not in PARTS:
        raise CliError(f"没有这一部分：{part}", f"no such part: {part}; choose from: {', '.join((*PARTS, 'all'))}")
    names = tuple(PARTS) if part == "all" else (part,)
    files = [file for name in names for file in PARTS[name]]
    figures, bar = run_tests(["-m", "soak", *files], processes="2", environment={"GOODFOR_SOAK_SCALE": str(scale)})
    many = float(scale)
    told = {
        "prices": {"equal": round(10_000 * many), "held": round(100_000 * many)},
        "refunds": {"limits": round(20_000 * many), "discounts": round(20_000 * many),
                    "orders": 10 * max(1, round(50 * many))},
        "replayed": {"cases": 19 * max(1, round(6 * many)), "orders_replayed": 19 * 30 * max(1, round(6 * many))},
    }  # fmt: skip
    return BenchResult("promotions", {**figures, **{key: n for name in names for key, n in told[name].items()}}, [bar])
