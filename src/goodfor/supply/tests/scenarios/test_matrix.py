"""Every scenario at every protocol: run, or not in the protocol, with a reason that still holds."""

import pytest

from goodfor.supply.providers.registry import connector_for
from goodfor.supply.tests.scenarios import calls, doubts, failures, goods, replies, wares
from goodfor.supply.tests.scenarios.kits import KITS, kit_of
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, TITLES, cells, protocols

_MODULES = (replies, calls, doubts, failures, goods, wares)


def test_all_are_accounted_for(capsys: pytest.CaptureFixture[str]) -> None:
    run = {tuple(param.values) for module in _MODULES for param in cells(module).args[1]}
    absent = {(name, number) for name in protocols() for number in kit_of(name).absent}
    assert run | absent == {(name, number) for name in protocols() for number in TITLES}
    assert not run & absent
    assert len(run) + len(absent) == len(TITLES) * len(protocols())
    with capsys.disabled():
        print("\n" + drawn())  # noqa: T201 - the matrix is what this test is for


@pytest.mark.parametrize("name", protocols())
def test_what_differs_has_a_reason(name: str) -> None:
    kit, connector = kit_of(name), connector_for(name)
    assert connector is not None
    for number, absence in kit.absent.items():
        assert absence.why
        assert absence.fact(connector), f"{name} {number}: {absence.why}"
    for number, end in kit.ends.items():
        assert end.why
        assert end.word in SCENARIOS[number].ends


def test_the_table_names_connectors_only() -> None:
    assert all(connector_for(name) is not None for name in KITS)


def drawn() -> str:
    """The matrix: `+` as everywhere, a word where it ends otherwise, `-` not in the protocol."""
    lines = [f"{'':34}" + " ".join(f"{name[:10]:10}" for name in protocols())]
    for number, title in TITLES.items():
        words = [_word(name, number) for name in protocols()]
        lines.append(f"{number:2} {title:31}" + " ".join(f"{word:10}" for word in words))
    absent = sum(len(kit_of(name).absent) for name in protocols())
    total = len(TITLES) * len(protocols())
    return "\n".join([*lines, f"{total} cells: {total - absent} run, {absent} not in the protocol"])


def _word(name: str, number: int) -> str:
    kit = kit_of(name)
    return "-" if number in kit.absent else kit.ends[number].word if number in kit.ends else "+"
