"""Asks one question many times and prints the answer that won: the tally to stderr, or into the object of `--json`."""

import sys
from contextlib import aclosing
from typing import Final

from dsr1_tui.cli.answer_text import AnswerText
from dsr1_tui.cli.ask_run import Request, ended, prepared, until_stopped
from dsr1_tui.cli.outlet import Outlet
from dsr1_tui.cli.result import answer_object, vote_fields
from dsr1_tui.cli.stopping import Stopping
from dsr1_tui.cli.vote_talk import VoteTalk
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.domain.vote.ways import check_temperature
from dsr1_tui.services.ask import Question
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.vote import VotePorts, vote
from dsr1_tui.services.vote_turn import VoteClosed, VoteOpened

LOOPED: Final = "The samples went in circles and were ended. Try --temperature 0.7 or --repetition-penalty 1.1."


async def run_vote(kit: Kit, request: Request, samples: int) -> int:
    """Vote and print; the exit code, which is the winning answer's. Closes the kit.

    Raises:
        FaultError: what prevented the question from being asked at all.
    """
    talk = VoteTalk(kit.clock, samples, as_json=request.as_json)

    async def asked(stopping: Stopping) -> int:
        async with prepared(kit, request, talk) as (ports, question):
            check_temperature(question.sampling.temperature)
            judge = kit.open_judge()
            try:
                voting = VotePorts(
                    endpoint=ports.endpoint,
                    conversations=ports.conversations,
                    messages=ports.messages,
                    clock=ports.clock,
                    judge=judge,
                    extras=ports.extras,
                )
                return await _stream(voting, question, samples, request=request, stopping=stopping, talk=talk)
            finally:
                await judge.aclose()

    return await until_stopped(kit, request, asked)


async def _stream(
    ports: VotePorts, question: Question, samples: int, *, request: Request, stopping: Stopping, talk: VoteTalk
) -> int:
    encoding = "utf-8" if request.as_json else sys.stdout.encoding or "utf-8"
    outlet = Outlet(sys.stdout.fileno(), encoding, on_broken=stopping.stop.stop)
    closed: VoteClosed | None = None
    additions: tuple[Addition, ...] = ()
    stopping.asking = True
    async with aclosing(vote(ports, question, samples, stopping.stop)) as events:
        async for event in events:
            talk.feed(event)
            if isinstance(event, VoteOpened):
                additions = event.additions
            elif isinstance(event, VoteClosed):
                closed = event
    assert closed is not None, "a vote that was not broken off ends with VoteClosed"
    stopping.kept = True
    winner = closed.winner
    if request.as_json:
        outlet.put(answer_object(winner, additions, vote=vote_fields(closed.tally)) + "\n")
    else:
        text = AnswerText()
        outlet.put(text.feed(winner.content) + text.end())
    broken = await outlet.close()
    talk.close(closed)
    return ended(winner, broken, stopping, why=LOOPED if winner.finish_reason is FinishReason.LOOP else None)
