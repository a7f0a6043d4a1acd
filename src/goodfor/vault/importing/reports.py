"""Options and reports of an intake as JSON and back. Nothing in them is a code: samples are masked."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.vault.types import Counts, DryRun, FileLayout, ImportOptions, LineFault


def options_json(options: ImportOptions) -> dict[str, Any]:
    """For the row."""
    expires = options.expires_at.isoformat() if options.expires_at else None
    return {**asdict(options), "expires_at": expires, "columns": list(options.columns) if options.columns else None}


def options_from(data: dict[str, Any]) -> ImportOptions:
    """Back from the row."""
    expires = datetime.fromisoformat(data["expires_at"]) if data["expires_at"] else None
    columns = tuple(data["columns"]) if data["columns"] else None
    return ImportOptions(**{**data, "expires_at": expires, "columns": columns})


def report_json(report: DryRun) -> dict[str, Any]:
    """For the row."""
    return {
        **asdict(report),
        "by_problem": dict(report.by_problem),
        "samples": [[number, secret, _iso(until)] for number, secret, until in report.samples],
        "faults": [
            [one.line_no, one.problem, one.other_line, str(one.other_batch_id) if one.other_batch_id else None]
            for one in report.faults
        ],
    }


def report_from(data: dict[str, Any]) -> DryRun:
    """Back from the row."""
    layout = data["layout"]
    columns, header = tuple(layout["columns"]), tuple(layout["header"])
    return DryRun(
        **{
            **data,
            "layout": FileLayout(**{**layout, "columns": columns, "header": header}),
            "counts": Counts(**data["counts"]),
            "samples": tuple((number, secret, _moment(until)) for number, secret, until in data["samples"]),
            "faults": tuple(
                LineFault(line_no, problem, line, UUID(other) if other else None)
                for line_no, problem, line, other in data["faults"]
            ),
        }
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
