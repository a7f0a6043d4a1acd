"""How long rules take: the same rules and snapshots each time, made up, of the size that shops write."""

import gc
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature, catalogue
from goodfor.risk.language.compiling import Snapshot
from goodfor.risk.language.expression import Expression, compile_many, parse
from goodfor.risk.types import Value

_NUMBERS = [f"{key}_{what}_{window}" for key in ("buyer", "device", "network", "instrument", "phone")
            for what in ("orders", "failures", "sum") for window in ("10m", "1h", "24h", "30d")]  # fmt: skip
_TEXTS = ["province", "carrier", "mail_domain", "agent", "currency", "channel"]
_TRUTHS = ["hosted", "vpn", "tor", "new_device", "guest", "disposable_mail"]
#: # stands for a random number, N for a feature that is one.
_SHAPES = (
    "N > #",
    "N > # and N > #",
    "N > # and N < # and not guest",
    "N >= # or N >= # and vpn",
    'N > # and province in ["广东", "福建", "海南"]',
    'hosted and N > # and mail_domain not in ["qq.com", "163.com", "gmail.com"]',
    "N > N * 3 and N > #",
    "N / N > 0.5 and N > #",
    "either(N, 0) + either(N, 0) > # and known(province)",
    'contains(agent, "curl") or tor',
    'in_list("watched", device) or in_list("watched", network) and N > #',
    'between(N, #, #) and channel == "card" and new_device',
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Microseconds for all rules on one snapshot: best and median of several rounds, and to compile them all once."""

    rules: int
    features: int
    best: float
    median: float
    compiling: float


def sample_features() -> Mapping[str, Feature]:
    """72 of them."""
    kinds = ((_NUMBERS, NUMBER), (_TEXTS, TEXT), (_TRUTHS, TRUTH))
    return catalogue(*([Feature(name, kind, name) for name in names] for names, kind in kinds))


def sample_rules(count: int, seed: int = 7) -> list[tuple[int, Expression]]:
    """Made-up rules over `sample_features`, always the same ones."""
    chance = random.Random(seed)  # noqa: S311
    features = sample_features()
    found = []
    for number in range(count):
        shape = _SHAPES[number % len(_SHAPES)]
        words = [{"#": str(chance.randint(1, 500)), "N": chance.choice(_NUMBERS)}.get(c, c) for c in shape]
        found.append((number, parse("".join(words), features)))
    return found


def sample_snapshots(count: int, seed: int = 7) -> list[dict[str, Value]]:
    """Made-up snapshots; one value in twelve is not known."""
    chance = random.Random(seed)  # noqa: S311
    found = []
    for _ in range(count):
        snapshot: dict[str, Value] = {name: chance.randint(0, 400) for name in _NUMBERS[::2]}
        snapshot |= {name: chance.random() * 400 for name in _NUMBERS[1::2]}
        snapshot |= {
            name: chance.choice(["广东", "card", "qq.com", "Mozilla/5.0 (Windows NT 10.0)"]) for name in _TEXTS
        }
        snapshot |= {name: chance.random() < 0.2 for name in _TRUTHS}
        snapshot |= {f"lists.watched.{key}": chance.random() < 0.01 for key in ("device", "network")}
        found.append({name: value if chance.random() > 1 / 12 else None for name, value in snapshot.items()})
    return found


def measure(rules: int = 100, rounds: int = 30) -> Measured:
    """Compile that many sample rules and run them over 200 snapshots, `rounds` times."""
    found = sample_rules(rules)
    started = time.perf_counter_ns()
    compiled = compile_many(found)
    compiling = (time.perf_counter_ns() - started) / 1_000
    snapshots = sample_snapshots(200)
    times = sorted(_round(compiled, snapshots) for _ in range(rounds))
    read = {name for _, rule in found for name in rule.reads}
    return Measured(rules, len(read), times[0], times[len(times) // 2], compiling)


def _round(compiled: Callable[[Snapshot], object], snapshots: Sequence[Snapshot]) -> float:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        started = time.perf_counter_ns()
        for snapshot in snapshots:
            compiled(snapshot)
        return (time.perf_counter_ns() - started) / len(snapshots) / 1_000
    finally:
        if was_enabled:
            gc.enable()
