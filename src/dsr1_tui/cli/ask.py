"""`dsr1-chat ask`: one question, one answer, made for pipes and scripts."""

import os
import sys

import click

from dsr1_tui.cli.options import CONTEXT, EXIT_CODES, connection_options, conversation_options, gather, sampling_options
from dsr1_tui.cli.piped import STDIN, piped_text
from dsr1_tui.cli.sections import Flag, Sectioned
from dsr1_tui.cli.steering_flags import steering_options
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.vote.ways import check_samples, check_temperature


class _Output(Flag):
    section = "Output"


@click.command("ask", cls=Sectioned, context_settings=CONTEXT, epilog=EXIT_CODES)
@click.argument("text", nargs=-1, metavar="TEXT|-")
@click.option("--json", "as_json", cls=_Output, is_flag=True, help="Print one JSON object, errors too.")
@click.option("--show-reasoning", cls=_Output, is_flag=True, help="Write the thought to stderr as it comes.")
@click.option("--vote", cls=_Output, type=int, metavar="N", help="Draw 2 to 64 samples; the answer with most votes.")
@connection_options
@conversation_options
@steering_options
@sampling_options
@click.pass_context
def ask(
    ctx: click.Context,
    /,
    *,
    text: tuple[str, ...],
    as_json: bool,
    show_reasoning: bool,
    vote: int | None,
    **flags: object,
) -> int:
    """Ask one question. The answer goes to stdout as it comes, all else to stderr.

    “-” (or no text, where something is piped in) reads the question from stdin. The conversation is kept: -c goes on
    with it.
    """
    asked = gather(ctx, flags)
    if vote is not None:
        check_samples(vote)
        check_temperature(asked.sampling.temperature)
        if show_reasoning:
            raise click.UsageError("--show-reasoning shows one thought, and --vote makes many; give one of them.", ctx)
    prompt = _prompt(ctx, text)
    import asyncio  # noqa: PLC0415  what only an asked question needs; wrong use is told without it

    from dsr1_tui.cli.ask_run import Request, run_ask  # noqa: PLC0415  as above
    from dsr1_tui.cli.tunnel import reach  # noqa: PLC0415  as above
    from dsr1_tui.wiring import build_kit  # noqa: PLC0415  as above

    kit = build_kit(os.environ, config=asked.config)
    try:
        reached = reach(kit, asked, os.environ)
    except BaseException:
        asyncio.run(kit.aclose())
        raise
    request = Request(
        text=prompt,
        asked=asked,
        environ=os.environ,
        reached=reached,
        as_json=as_json,
        show_reasoning=show_reasoning,
    )
    if vote is None:
        return asyncio.run(run_ask(kit, request))
    from dsr1_tui.cli.ask_vote import run_vote  # noqa: PLC0415  as above

    return asyncio.run(run_vote(kit, request, vote))


def _prompt(ctx: click.Context, words: tuple[str, ...]) -> str:
    """The question.

    Raises:
        click.UsageError: none was given.
        FaultError: (usage) it is empty or no text.
    """
    if words and words != (STDIN,):
        prompt = " ".join(words)
    elif not words and sys.stdin.isatty():
        raise click.UsageError('A question is missing; give it as ask "…", or pipe it into ask -.', ctx)
    else:
        prompt = piped_text()
    if not prompt.strip():
        raise fail(FaultCode.USAGE, "The prompt is empty.", 'Give a question: ask "…".')
    try:
        prompt.encode("utf-8")
    except UnicodeEncodeError:
        raise fail(FaultCode.USAGE, "The prompt is not valid text in this locale.", "Pipe it in as UTF-8.") from None
    return prompt
