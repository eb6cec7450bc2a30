"""Puts a report where it was asked for: on the terminal as tables, else as Markdown, JSON or CSV."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import click

from dsr1_tui.cli.bench_json import report_csv, report_fields
from dsr1_tui.cli.bench_table import report_markdown
from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.result import json_line
from dsr1_tui.domain.bench.report import BenchReport
from dsr1_tui.domain.fault import Fault, FaultCode, fail
from dsr1_tui.services.bench_plan import BenchDesk


class Form(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    TABLES = "tables"
    """Laid out on a terminal, Markdown elsewhere."""


_ENDINGS: Final = {".json": Form.JSON, ".csv": Form.CSV, ".md": Form.MARKDOWN, ".markdown": Form.MARKDOWN}


@dataclass(frozen=True, slots=True)
class Paper:
    """Where a report goes, and how."""

    form: Form = Form.TABLES
    out: Path | None = None
    """A file in place of stdout."""


def paper_of(ctx: click.Context, *, out: str | None, **forms: bool) -> Paper:
    """What the flags say; the ending of `--out` where they do not.

    Raises:
        click.UsageError: two forms; a file that cannot be one.
    """
    given = [Form(name) for name, said in forms.items() if said]
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]} are two forms; give one of them.", ctx)
    form = given[0] if given else Form.TABLES
    if out is None:
        return Paper(form)
    path = Path(out).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise fail(FaultCode.USAGE, f"--out: {path} cannot be a file.", "Give a file in a folder that exists.")
    if not given:
        form = _ENDINGS.get(path.suffix.lower(), Form.MARKDOWN)
    return Paper(form, path)


def put(paper: Paper, desk: BenchDesk, report: BenchReport, fault: Fault | None = None) -> None:
    """Write the report; `fault` is why it is not complete.

    Raises:
        FaultError: (usage) the file cannot be written.
    """
    if paper.out is not None:
        desk.write_report(paper.out, _text(paper.form, report, fault))
        warn(f"The report is in {paper.out}.")
    elif paper.form is Form.TABLES and sys.stdout.isatty():
        from dsr1_tui.cli.paper import paper_width, print_lines  # noqa: PLC0415  the renderer; a pipe needs less
        from dsr1_tui.render.message import render_markdown  # noqa: PLC0415  as above

        print_lines(render_markdown(report_markdown(report), paper_width()))
    else:
        click.echo(_text(paper.form, report, fault), nl=False)


def _text(form: Form, report: BenchReport, fault: Fault | None) -> str:
    match form:
        case Form.JSON:
            return json_line(report_fields(report, fault=fault)) + "\n"
        case Form.CSV:
            return report_csv(report)
        case Form.MARKDOWN | Form.TABLES:
            return report_markdown(report)
