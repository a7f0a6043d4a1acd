"""`soak pages`: every page of the shop, the accounts, the console and the kit in a real browser, in all four ways.

360 and 1440 px, Chinese and English, light and dark; `./goodfor test` opens most of them in one of the four. With them
run the tests that are marked as soaks.
"""

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.paths import project_root
from goodfor.cli.soak.testing import run_tests


def run(*, json: bool = False, processes: str = "2") -> BenchResult:  # noqa: ARG001
    """Chromium's tests with all sizes. Options: processes. Screenshots are left under var/screenshots/."""
    figures, bar = run_tests(
        ["-m", "browser or soak", "src"], processes=processes, environment={"GOODFOR_EVERY_SIZE": "1"}
    )
    figures["screenshots"] = len(list((project_root() / "var" / "screenshots").glob("*.png")))
    return BenchResult("pages", figures, [bar])
