"""From rows to the values that leave the room."""

from goodfor.recon.case_models import Case
from goodfor.recon.models import Break, Import, Run
from goodfor.recon.types import BreakView, CaseView, ImportView, RunView, Scope


def run_view(row: Run) -> RunView:
    """One run."""
    return RunView(
        id=row.id, shop_id=row.shop_id, area=row.area, account=row.account, day=row.day, version=row.version,
        live=row.live, stale=row.stale, ours=row.ours, theirs=row.theirs, books=row.books, matched=row.matched,
        matched_minor=row.matched_minor, pooled=row.pooled, breaks=dict(row.breaks), made_at=row.made_at,
    )  # fmt: skip


def scope_of(row: Run) -> Scope:
    """What a run compared."""
    return Scope(row.shop_id, row.area, row.account, row.day, row.currency)


def import_view(row: Import) -> ImportView:
    """One import."""
    stated = (row.stated_rows, row.stated_came_minor, row.stated_went_minor, row.stated_fee)
    sums = (row.rows, row.came_minor, row.went_minor, row.fee)
    return ImportView(
        side=row.side, mark=row.mark, rows=row.rows, came_minor=row.came_minor, went_minor=row.went_minor, fee=row.fee,
        totals_ok=row.stated_rows is None or stated == sums, opening_minor=row.opening_minor,
        closing_minor=row.closing_minor, chain_breaks=row.chain_breaks,
    )  # fmt: skip


def break_view(row: Break) -> BreakView:
    """One break."""
    return BreakView(
        row.category, row.business_key, row.ours_id, row.theirs_id, row.risk_minor, dict(row.detail), row.case_id
    )


def case_view(row: Case) -> CaseView:
    """One case."""
    return CaseView(
        id=row.id, shop_id=row.shop_id, area=row.area, account=row.account, day=row.day, category=row.category,
        business_key=row.business_key, risk_minor=row.risk_minor, currency=row.currency, ours=dict(row.ours),
        theirs=dict(row.theirs), detail=dict(row.detail), state=row.state, owner=row.owner, reason=row.reason,
        ledger_tx=row.ledger_tx, action=row.action, action_state=row.action_state, action_note=row.action_note,
        tries=row.tries, opened_at=row.opened_at, due_at=row.due_at, closed_at=row.closed_at, automatic=row.automatic,
        closed_by=row.closed_by, ours_id=row.ours_id, theirs_id=row.theirs_id,
    )  # fmt: skip
