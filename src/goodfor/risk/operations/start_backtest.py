"""Ask what a rule would have done to what was decided."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.backtest_forms import digest_of, written_says
from goodfor.risk.backtest_models import Backtest
from goodfor.risk.errors import InvalidBacktest, InvalidRule, RuleNotFound, TooManyBacktests
from goodfor.risk.operations.save_draft import CODE
from goodfor.risk.rule_models import Rule
from goodfor.risk.rule_reading import check_says, read
from goodfor.risk.rule_types import RuleText

#: So many of a shop at a time, waiting or at work.
MOST_OPEN: Final = 3
#: Decisions are kept no longer.
LONGEST: Final = timedelta(days=800)


@transaction.atomic
def start_backtest(
    *, shop_id: UUID, says: RuleText, since: datetime, until: datetime, actor: str, now: datetime, code: str = "",
    rule_id: UUID | None = None, latest: int = 0,
) -> UUID:  # fmt: skip
    """Its id; a loop works it out. All of the rule is checked as at its saving, which it may be saved from later.

    `code` of a rule that is to be made, `rule_id` and `latest` (the number that the writer saw) of one that there is.
    Raises BadExpression (with its place), InvalidRule(field), RuleNotFound, InvalidBacktest(field), TooManyBacktests.
    """
    says = replace(says, name=says.name.strip(), text=says.text.strip(), words=says.words.strip())
    check_says(says)
    read(shop_id, says.text)
    _check_place(shop_id, code, rule_id)
    if not since < until <= now:
        raise InvalidBacktest(field="until")
    if now - since > LONGEST:
        raise InvalidBacktest(field="since")
    if Backtest.objects.filter(shop_id=shop_id, state__in=("waiting", states.BACKTEST_RUNNING)).count() >= MOST_OPEN:
        raise TooManyBacktests
    row = Backtest.objects.create(
        id=uuid7(), shop_id=shop_id, rule_id=rule_id, code="" if rule_id else code, latest=latest,
        says=written_says(says), digest=digest_of(says.text, says.scenes), since=since, until=until, as_of=now,
        made_by=actor[:80], made_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.BACKTEST, subject_id=row.id, moves=[(None, states.BACKTEST.initial)],
        actor=actor, cause="asked", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_backtest_started", subject=("risk_backtest", row.id),
        data={"rule": str(rule_id or code), "since": since.isoformat(), "until": until.isoformat()}, now=now,
    )  # fmt: skip
    return row.id


def _check_place(shop_id: UUID, code: str, rule_id: UUID | None) -> None:
    if rule_id is not None:
        if not Rule.objects.filter(shop_id=shop_id, id=rule_id).exclude(state=states.RETIRED).exists():
            raise RuleNotFound
    elif not CODE.fullmatch(code):
        raise InvalidRule(field="code", why="form")
    elif Rule.objects.filter(shop_id=shop_id, code=code).exists():
        raise InvalidRule(field="code", why="taken")
