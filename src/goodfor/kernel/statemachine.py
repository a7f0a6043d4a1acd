"""State machines as data: a table of transitions, a validator of the table, a history of every move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict
from goodfor.kernel.sql import Statement

_HISTORY = Statement(__package__, "sql/history.sql")
_MANY = Statement(__package__, "sql/history_many.sql")


class IllegalTransition(Conflict):
    """The table of transitions has no such move."""

    code = "illegal_transition"
    title = _("当前状态不能进行此操作")


@dataclass(frozen=True, slots=True)
class Machine:
    """A named table: state -> states that may follow. Built once a module, validated at import."""

    name: str
    initial: str
    transitions: Mapping[str, frozenset[str]]

    def __post_init__(self) -> None:
        self.validate()

    @property
    def states(self) -> frozenset[str]:
        """Every state."""
        return frozenset(self.transitions)

    @property
    def terminal(self) -> frozenset[str]:
        """States that nothing follows."""
        return frozenset(state for state, following in self.transitions.items() if not following)

    def validate(self) -> None:
        """Raise ValueError unless targets exist, all states are reachable and an end can be reached from each."""
        states = self.states
        if self.initial not in states:
            raise ValueError(f"{self.name}: initial state {self.initial!r} is not in the table")
        for state, following in self.transitions.items():
            if following - states:
                raise ValueError(f"{self.name}: {state!r} leads to unknown {sorted(following - states)}")
            if state in following:
                raise ValueError(f"{self.name}: {state!r} leads to itself")
        if unreachable := states - self._reachable(self.initial):
            raise ValueError(f"{self.name}: unreachable {sorted(unreachable)}")
        if self.terminal:
            stuck = {state for state in states if not self._reachable(state) & self.terminal}
            if stuck:
                raise ValueError(f"{self.name}: no end can be reached from {sorted(stuck)}")

    def _reachable(self, start: str) -> frozenset[str]:
        seen, todo = {start}, [start]
        while todo:
            new = self.transitions[todo.pop()] - seen
            seen |= new
            todo.extend(new)
        return frozenset(seen)

    def check(self, from_state: str, to_state: str) -> None:
        """Raise IllegalTransition unless the table has this move."""
        if to_state not in self.transitions.get(from_state, frozenset()):
            raise IllegalTransition(machine=self.name, from_state=from_state, to_state=to_state)


def record_history(
    *,
    shop_id: UUID,
    machine: Machine,
    subject_id: UUID,
    moves: Sequence[tuple[str | None, str]],
    actor: str,
    cause: str,
    now: datetime,
) -> None:
    """Write one history row a move, in the current transaction; each move is checked against the table.

    `moves` are (from, to) in order; from None means creation. `actor` is who ("buyer", "api:<key>", "system"),
    `cause` what made it ("payment:<id>", "deadline" ...). Raises IllegalTransition.
    """
    for from_state, to_state in moves:
        if from_state is not None:
            machine.check(from_state, to_state)
    _HISTORY.run(
        {
            "shop_id": shop_id,
            "machine": machine.name,
            "subject_id": subject_id,
            "from_states": [move[0] for move in moves],
            "to_states": [move[1] for move in moves],
            "actor": actor,
            "cause": cause,
            "now": now,
        }
    )


def record_many(
    *, shop_id: UUID, machine: Machine, subject_ids: Sequence[UUID], move: tuple[str | None, str], actor: str,
    cause: str, now: datetime,
) -> None:  # fmt: skip
    """The same move of many subjects, in one statement. Raises IllegalTransition."""
    if move[0] is not None:
        machine.check(move[0], move[1])
    _MANY.run(
        {
            "shop_id": shop_id, "machine": machine.name, "subject_ids": list(subject_ids), "from_state": move[0],
            "to_state": move[1], "actor": actor, "cause": cause, "now": now,
        }
    )  # fmt: skip
