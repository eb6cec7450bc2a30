"""`dsr1-chat bench`: measures a model on questions, and shows what was measured."""

import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from dsr1_tui.cli.bench_flags import plan_options, question_of, report_options, run_options, says_plan, wish_of
from dsr1_tui.cli.bench_group import MEASURE, BenchGroup
from dsr1_tui.cli.bench_report import paper_of, put
from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.options import CONTEXT, EXIT_CODES, connection_options, gather, sampling_options
from dsr1_tui.cli.result import json_line
from dsr1_tui.cli.sections import Sectioned
from dsr1_tui.cli.steering_flags import steering_options
from dsr1_tui.cli.talk import ID_SHOWN
from dsr1_tui.domain.bench.reporting import report_of
from dsr1_tui.domain.bench.result import Run
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.render.safe import safe
from dsr1_tui.services.resolve import TargetFlags
from dsr1_tui.wiring import find_bench

if TYPE_CHECKING:
    from dsr1_tui.cli.asked import Asked
    from dsr1_tui.domain.bench.plan import BenchPlan
    from dsr1_tui.domain.config import Config


@click.group("bench", cls=BenchGroup, context_settings=CONTEXT, no_args_is_help=False, epilog=EXIT_CODES)
def bench() -> int:
    """Measure a model: how often it is right, how fast, how much its answers agree; by settings that are swept.

    Without a question it asks the 40 of our own. An answer is right where it ended by itself with a box that equals the
    known answer; one that goes in circles is ended and counted as looped. Every sample is kept as it ends: stop it with
    ctrl+c, go on with --resume. The report goes to stdout, all else to stderr.
    """
    return ExitCode.DONE


@bench.command(MEASURE, cls=Sectioned, context_settings=CONTEXT, epilog=EXIT_CODES, hidden=True)
@click.argument("text", nargs=-1, metavar="[QUESTION|-]")
@plan_options
@run_options
@report_options
@connection_options
@steering_options
@sampling_options
@click.pass_context
def measure(
    ctx: click.Context,
    /,
    *,
    text: tuple[str, ...],
    resumed: str | None,
    replay: str | None,
    out: str | None,
    json: bool,
    csv: bool,
    markdown: bool,
    **flags: object,
) -> int:
    """Measure a model on questions."""
    asked = gather(ctx, flags)
    if asked.resume is not None:
        raise click.UsageError("--resume before bench names a conversation; a run's stands behind it.", ctx)
    paper = paper_of(ctx, out=out, json=json, csv=csv, markdown=markdown)
    question = question_of(text)
    said = says_plan(asked, question, flags)
    if replay is not None and (resumed is not None or said):
        raise click.UsageError("--replay takes all that is measured from the run; leave the other flags out.", ctx)
    desk = find_bench(os.environ)
    wish = wish_of(ctx, desk, asked, question, flags) if said or (resumed is None and replay is None) else None
    log = None if resumed is None else desk.runs.resume(resumed)
    before = None if replay is None else desk.runs.load(replay)
    if log is not None and log.run.complete and wish is None:
        log.close()
        warn("This run is complete.")
        put(paper, desk, report_of(log.run))
        return ExitCode.DONE
    import asyncio  # noqa: PLC0415  what only a measurement needs; wrong use is told without it

    from dsr1_tui.cli.bench_run import BenchRequest, run_bench  # noqa: PLC0415  as above
    from dsr1_tui.cli.tunnel import reach  # noqa: PLC0415  as above
    from dsr1_tui.wiring import build_kit  # noqa: PLC0415  as above

    kit = build_kit(os.environ, config=asked.config)
    try:
        kept = log.run if log is not None else before
        if kept is not None:
            asked = _addressed(asked, kept.plan, kit.config_file.load())
        reached = reach(kit, asked, os.environ)
    except BaseException:
        if log is not None:
            log.close()
        asyncio.run(kit.aclose())
        raise
    request = BenchRequest(
        asked=asked, environ=os.environ, wish=wish, resumed=log, replayed=before, reached=reached, paper=paper
    )
    return asyncio.run(run_bench(kit, desk, request))


def _addressed(asked: "Asked", plan: "BenchPlan", config: "Config") -> "Asked":
    """The flags with the run's own address below them: it is where it goes on if nothing else is named."""
    if asked.demo or not plan.address or asked.target.addresses:
        return asked
    named = config.endpoints.get(plan.endpoint)
    below = TargetFlags(endpoint=plan.endpoint) if named is not None else TargetFlags(base_url=plan.address)
    return replace(asked, target=asked.target.over(below))


@bench.command("list", context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(*, as_json: bool) -> int:
    """List the kept runs, the newest first."""
    runs = find_bench(os.environ).runs.listed()
    if as_json:
        click.echo(json_line({"bench_runs": [_as_object(run) for run in runs]}))
    elif runs:
        click.echo("\n".join(_told(run) for run in runs))
    else:
        warn("No benchmark run is kept yet. Begin one: dsr1-chat bench.")
    return ExitCode.DONE


@bench.command("show", context_settings=CONTEXT)
@click.argument("run", default="last", metavar="[RUN]")
@report_options
@click.pass_context
def show(ctx: click.Context, /, *, run: str, out: str | None, json: bool, csv: bool, markdown: bool) -> int:
    """Print the report of a kept run.

    RUN is the beginning of its id, its file, or “last”.
    """
    paper = paper_of(ctx, out=out, json=json, csv=csv, markdown=markdown)
    desk = find_bench(os.environ)
    report = report_of(desk.runs.load(run))
    put(paper, desk, report)
    if not report.complete:
        again = f"Go on with: dsr1-chat bench --resume {report.run_id[:ID_SHOWN]}"
        warn(f"{report.done:,} of {report.plan.total:,} samples are measured. {again}")
    return ExitCode.DONE


def _as_object(run: Run) -> dict[str, object]:
    plan = run.plan
    return {
        "id": run.id,
        "created": run.created,
        "program": run.program,
        "set": plan.questions.name,
        "model": plan.model,
        "endpoint": plan.endpoint,
        "settings": len(plan.settings),
        "planned": plan.total,
        "done": len(run.results),
        "complete": run.complete,
    }


def _told(run: Run) -> str:
    plan = run.plan
    went = "complete" if run.complete else f"{len(run.results):,} of {plan.total:,}"
    many = f", {len(plan.settings)} settings" if len(plan.settings) > 1 else ""
    moment = datetime.fromtimestamp(run.created).astimezone().strftime("%Y-%m-%d %H:%M")
    line = f"{run.id[:ID_SHOWN]}  {moment}  {went:>12}  {plan.model} on {plan.questions.name}{many}"
    return " ".join(safe(line).split("\n"))
