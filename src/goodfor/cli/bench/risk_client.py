"""One client of `bench risk`, a process of its own: `python -m goodfor.cli.bench.risk_client SPEC`.

It judges acts one after another until its time is over, and prints one JSON object: latencies in ms, what came out.
"""

import json
import sys
import time
from collections import Counter
from typing import Any
from uuid import UUID

from goodfor.cli.bench.risk_people import People
from goodfor.cli.lazy import load, setup_django


def main(spec: dict[str, Any]) -> dict[str, Any]:
    """`spec`: shop, seconds, seed, warm (acts before), at (begins at `time.time()`), hot, rate (a second; 0: all)."""
    setup_django()
    types, clock = load("goodfor.risk.types"), load("goodfor.kernel.clock")
    assess, note = load("goodfor.risk.operations").assess, load("goodfor.risk.operations").note
    people = People(UUID(spec["shop"]), spec["seed"])
    for _ in range(spec["warm"]):
        assess(people.act(types, clock.utc_now(), hot=spec["hot"]))
    # As a web process does, when it has read what it needs.
    load("goodfor.kernel.memory").settle()
    time.sleep(max(0.0, spec["at"] - time.time()))
    began = time.perf_counter()
    latencies: list[float] = []
    outcomes: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    while (now := time.perf_counter()) < began + spec["seconds"]:
        if spec["rate"] and len(latencies) >= (now - began) * spec["rate"]:
            time.sleep(0.001)
            continue
        act = people.act(types, clock.utc_now(), hot=spec["hot"])
        start = time.perf_counter()
        decision = assess(act)
        latencies.append((time.perf_counter() - start) * 1000)
        outcomes[str(decision.outcome)] += 1
        failed.update(decision.failed)
        if spec["hot"]:
            note(act, types.Result.BAD, decision.id)
    seconds = time.perf_counter() - began
    return {"latencies": latencies, "outcomes": outcomes, "failed": failed, "seconds": seconds}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
