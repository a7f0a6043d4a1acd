"""`soak guesses`: a million guesses at redemption from a thousand addresses in told time, honest people beside.

A table of real codes stands behind the door, in a throw-away database with fsync on. Every guess knocks; what the door
lets through is looked up and answered as in a shop. A third of the attackers bring every challenge they are asked for
at no cost of time, and a tenth of the guesses know a real code but for its last four random characters.
"""

import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from rich.console import Console
from rich.progress import Progress

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load, setup_django

ALARM_SECONDS = 60
DISTURBED = 0.005


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr)
    guesses: str = "1000000",
    addresses: str = "1000",
    honest: str = "2000",
    codes: str = "100000",
    hours: str = "6",
    hands: str = "2",
    seed: str = "7",
) -> BenchResult:
    """Options: guesses, addresses, honest, codes, hours (told time), hands (processes), seed."""
    console = Console(stderr=True, highlight=False)
    with running_site(console, web=False) as site:
        crowd = load("goodfor.cli.soak.guessing.crowd")
        start = load("goodfor.kernel.clock").utc_now().replace(microsecond=0)
        plan = crowd.Plan(
            shop_id=site.made.shop_id, start=start, seed=int(seed), guesses=int(guesses), addresses=int(addresses),
            honest=int(honest), codes=int(codes), seconds=round(float(hours) * 3600),
        )  # fmt: skip
        load("goodfor.cli.soak.guessing.shelf").fill(plan)
        console.print(f"{plan.codes:,} 个真码就绪 / codes are on the shelf")
        began = time.monotonic()
        tally, times = _live(plan, int(hands), console)
        return _result(plan, tally, times, time.monotonic() - began)


def _live(plan: Any, hands: int, console: Console) -> tuple[Counter[str], dict[str, list[float]]]:
    """All stretches of told time, by several processes, each the next that nobody took."""
    context = multiprocessing.get_context("spawn")
    acts = load("goodfor.cli.soak.guessing.acts")
    load("django.db").connections.close_all()
    tally: Counter[str] = Counter()
    times: dict[str, list[float]] = {}
    with (
        ProcessPoolExecutor(hands, context, initializer=_ready) as pool,
        Progress(console=console, transient=True) as bars,
    ):
        bar = bars.add_task("猜测 / guesses", total=plan.guesses)
        for counted, measured in pool.map(acts.stretch, [plan] * plan.stretches, range(plan.stretches)):
            tally.update(counted)
            for name, values in measured.items():
                times.setdefault(name, []).extend(values)
            bars.update(bar, completed=tally["guess"])
    return tally, times


def _ready() -> None:
    setup_django()


def _result(plan: Any, tally: Counter[str], times: dict[str, list[float]], seconds: float) -> BenchResult:
    shelf = load("goodfor.cli.soak.guessing.shelf")
    alarms = shelf.alarms(plan)
    after = (alarms[0] - plan.start).total_seconds() if alarms else float(plan.seconds)
    share = tally["honest_disturbed"] / max(1, tally["honest"])
    figures: dict[str, Any] = {
        "guesses": tally["guess"],
        "slips_beside": tally["slip"],
        "refused_locked": tally["guess_locked"],
        "refused_asked": tally["guess_asked"],
        "looked_up": tally["guess_looked_up"],
        "looked_up_that_knew_nearly_all": tally["guess_near"],
        "struck_as_alike": tally["alike"],
        "expected_finds": tally["guess_near"] / (1 << 20) + tally["guess_looked_up"] * plan.codes / (1 << 85),
        "honest": tally["honest"],
        "honest_known": tally["honest_known"],
        "honest_with_slips": tally["honest_slips"],
        "honest_from_attacked_networks": tally["honest_beside"],
        "honest_challenged": tally["honest_challenged"],
        "honest_challenges_really_solved": tally["honest_solved"],
        "alarms": len(alarms),
        "first_alarm_after_seconds": after,
        "told_hours": plan.seconds / 3600,
        "seconds": seconds,
        "guesses_per_second": tally["guess"] / seconds,
        **{f"{name}_{words}_ms": shelf.percentile(found, at) for name, found in sorted(times.items())
           for words, at in (("p50", 0.5), ("p99", 0.99))},
    }  # fmt: skip
    unhappy = tally["honest"] - tally["honest_redeemed"]
    bars = [
        Bar("guesses made", tally["guess"], f"= {plan.guesses}", tally["guess"] == plan.guesses),
        Bar("codes found by guessing", tally["guess_found"], "= 0", tally["guess_found"] == 0),
        Bar("honest people refused or made to wait", round(share, 5), f"<= {DISTURBED}", share <= DISTURBED),
        Bar("honest people without what is theirs", unhappy, "= 0", unhappy == 0 and tally["honest"] == plan.honest),
        Bar("seconds of told time to the alarm", after, f"<= {ALARM_SECONDS}", after <= ALARM_SECONDS),
        Bar("codes gone from the shelf but the honest ones", shelf.gone(plan), "= 0", shelf.gone(plan) == 0),
    ]
    return BenchResult("guesses", figures, bars)
