"""`soak attacks`: every threat and every public complaint as an attack on a running shop, with honest people beside it.

`./goodfor test` plays those that take a few seconds.
"""

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.paths import project_root
from goodfor.cli.soak.testing import run_tests


def run(*, json: bool = False, processes: str = "1") -> BenchResult:  # noqa: ARG001
    """All attacks, one after another: what is measured beside them needs the machine. Options: processes."""
    root = project_root()
    files = [str(path.relative_to(root)) for path in sorted(root.glob("src/goodfor/config/tests/test_attacks*.py"))]
    figures, bar = run_tests(["-m", "soak or not soak", *files], processes=processes, environment={})
    return BenchResult("attacks", figures, [bar])
