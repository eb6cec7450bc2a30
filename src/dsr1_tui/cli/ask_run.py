"""Asks one question without a screen: answer to stdout, all else to stderr, an exit code that says how it ended."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from dsr1_tui.cli.answer_text import AnswerText
from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.edge import forget_stdout, interrupted, warn
from dsr1_tui.cli.outlet import Outlet
from dsr1_tui.cli.result import answer_object
from dsr1_tui.cli.stopping import Stopping, signals_stop
from dsr1_tui.cli.talk import Talk, verdict
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.events import AnswerDelta, Retrying
from dsr1_tui.domain.fault import ExitCode, FaultCode, FaultError, fail
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.domain.target import Target
from dsr1_tui.services.ask import AskPorts, Question, ask
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.prepare import prepare
from dsr1_tui.services.resolve import DEFAULT, LOCAL_VLLM, resolve_target
from dsr1_tui.services.turn import TurnClosed, TurnOpened

DRAW_S: Final = 0.25
"""Seconds between two looks at the status line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `ask` was told."""

    text: str
    asked: Asked
    environ: Mapping[str, str]
    reached: Target | None = None
    """The near end of the tunnel, where one had to be opened first."""
    as_json: bool = False
    show_reasoning: bool = False


async def run_ask(kit: Kit, request: Request) -> int:
    """Ask and print; the exit code. Closes the kit.

    Raises:
        FaultError: what prevented the question from being asked at all.
    """
    same = sys.stderr.isatty() and sys.stdout.isatty() and not request.as_json
    talk = Talk(kit.clock, show_reasoning=request.show_reasoning, shares_terminal=same)

    async def asked(stopping: Stopping) -> int:
        async with prepared(kit, request, talk) as (ports, question):
            return await _stream(ports, question, request, stopping, talk)

    return await until_stopped(kit, request, asked)


async def until_stopped(kit: Kit, request: Request, work: Callable[[Stopping], Awaitable[int]]) -> int:
    """Do the work of a command, which a signal stops; its exit code. Closes the kit."""
    with signals_stop() as stopping:
        try:
            return await work(stopping)
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            interrupted(as_json=request.as_json)
            return stopping.exit_code
        finally:
            await kit.aclose()


class StatusLine(Protocol):
    """What `prepared` keeps up to date."""

    def draw(self) -> None:
        """Bring it up to date."""
        ...

    def clear(self) -> None:
        """Take it away."""
        ...


@asynccontextmanager
async def prepared(kit: Kit, request: Request, talk: StatusLine) -> AsyncGenerator[tuple[AskPorts, Question]]:
    """The question, ready to be asked while the context is open; the status line is drawn meanwhile.

    Raises:
        FaultError: what prevents the question from being asked.
    """
    config = kit.config_file.load()
    async with AsyncExitStack() as stack:
        target, named = await _target(kit, request, config, stack)
        endpoint = kit.open_endpoint(target)
        stack.push_async_callback(endpoint.aclose)
        ticking = asyncio.create_task(_tick(talk))
        stack.callback(talk.clear)
        stack.callback(ticking.cancel)
        with _hinted(named=named):
            question = await prepare(
                kit,
                endpoint,
                request.text,
                config=config,
                flags=request.asked.sampling,
                steering=request.asked.steering,
                rules=request.asked.rules,
                resume=request.asked.resume,
            )
        ports = AskPorts(
            endpoint=endpoint,
            conversations=kit.conversations,
            messages=kit.messages,
            clock=kit.clock,
            extras=endpoint,
        )
        yield ports, question


async def _target(kit: Kit, request: Request, config: Config, stack: AsyncExitStack) -> tuple[Target, bool]:
    """Where to ask, and whether anybody named it."""
    if request.asked.demo:
        warn("demo: a recorded answer; no model is running.")
        return await stack.enter_async_context(kit.open_demo()), True
    if request.reached is not None:
        return request.reached, True
    resolved = resolve_target(request.asked.target, request.environ, config, default=LOCAL_VLLM)
    assert resolved is not None, "there is a default address"
    return resolved.target, resolved.source != DEFAULT


@contextmanager
def _hinted(*, named: bool) -> Iterator[None]:
    """Where nothing answers at an address that nobody named, say how to name one."""
    try:
        yield
    except FaultError as error:
        if named or error.fault.code is not FaultCode.UNREACHABLE:
            raise
        hint = "No endpoint is named: give --base-url, set DSR1_BASE_URL or write a config file; --demo needs none."
        raise fail(FaultCode.UNREACHABLE, error.fault.message, hint) from None


async def _tick(talk: StatusLine) -> None:
    while True:
        talk.draw()
        await asyncio.sleep(DRAW_S)


async def _stream(ports: AskPorts, question: Question, request: Request, stopping: Stopping, talk: Talk) -> int:
    encoding = "utf-8" if request.as_json else sys.stdout.encoding or "utf-8"
    outlet = Outlet(sys.stdout.fileno(), encoding, on_broken=stopping.stop.stop)
    text, closed = AnswerText(), None
    additions: tuple[Addition, ...] = ()
    stopping.asking = True
    async with aclosing(ask(ports, question, stopping.stop)) as events:
        async for event in events:
            talk.feed(event)
            if isinstance(event, AnswerDelta) and not request.as_json:
                outlet.put(text.feed(event.text))
            elif isinstance(event, Retrying) and not request.as_json:
                outlet.put(text.anew())
            elif isinstance(event, TurnOpened):
                additions = event.additions
            elif isinstance(event, TurnClosed):
                closed = event
    assert closed is not None, "a turn that was not broken off ends with TurnClosed"
    stopping.kept = True
    outlet.put(answer_object(closed.answer, additions) + "\n" if request.as_json else text.end())
    broken = await outlet.close()
    talk.close(closed.answer, stored=closed.stored)
    return ended(closed.answer, broken, stopping)


def ended(answer: Message, broken: OSError | None, stopping: Stopping, *, why: str | None = None) -> int:
    """Say why an answer is no whole one (`why` in place of its own words), or could not be written; the exit code."""
    code, words = verdict(answer)
    why = words if why is None else why
    if broken is not None:
        forget_stdout()
        if not isinstance(broken, BrokenPipeError):
            warn(f"The answer could not be written: {os.strerror(broken.errno or 0)}. It is kept in the history.")
        return ExitCode.NO_ANSWER
    if why:
        warn(why)
    return code if stopping.exit_code is None else stopping.exit_code
