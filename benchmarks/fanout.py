"""What the app costs while a vote of 64 samples runs, beside bare openai clients: `python benchmarks/fanout.py`.

It starts a stand-in endpoint (`fanout_server.py`), the real app on a terminal of 120x40, and two bare openai clients on
terminals of their own, one after another, each with the same `n` and `stream_interval`; votes; types meanwhile; and
prints the figures. The end is the moment at which the count of all votes is on the terminal.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

from stream_bare import READY
from stream_clients import WARM_S, come_up
from stream_measure import Server, Streamed, environment, stream
from stream_report import machine
from stream_terminal import Terminal

_HERE: Final = Path(__file__).parent
_SERVER: Final = "fanout_server.py"
_QUESTION: Final = "Pick a number."
_FIRST_S: Final = 30.0
_SLOWEST: Final = 5


def run_app(server: Server, samples: int, limit_s: float, size: tuple[int, int]) -> tuple[Streamed, list[float]]:
    """A question, then a vote on it; and the seconds of the slowest callbacks of its event loop."""
    with tempfile.TemporaryDirectory(prefix="dsr1-benchmark-") as folder:
        figures = Path(folder) / "slow.json"
        argv = [sys.executable, str(_HERE / "stream_app.py"), str(figures), "--base-url", server.url]
        with Terminal(argv, environment(Path(folder)), size) as terminal:
            come_up(terminal, "ready")
            terminal.rest(WARM_S)
            _typed(terminal, _QUESTION)
            terminal.await_word("first")  # of the figures under an answer that has ended
            terminal.type("\r")
            terminal.until(lambda: "first" in terminal.seen, _FIRST_S)
            _typed(terminal, f"/vote {samples}")
            streamed = stream(terminal, server, typing=True, limit_s=limit_s, mark=f"{samples} votes")
            terminal.leave("\x11")  # ctrl+q
        noted = json.loads(figures.read_text(encoding="utf-8"))
    slow = [(took, began - streamed.began) for began, took, _ in noted if streamed.began <= began <= streamed.until]
    told = "; ".join(f"{took * 1e3:.0f} ms at {at:.1f} s" for took, at in sorted(slow, reverse=True)[:_SLOWEST])
    print(f"slowest callbacks: {told}", file=sys.stderr)
    return streamed, [took for took, _ in slow]


def _typed(terminal: Terminal, text: str) -> None:
    for letter in text:
        terminal.type(letter)
        terminal.pump()
    terminal.settle()


def run_bare(kind: str, server: Server, samples: int, every: int, limit_s: float) -> Streamed:
    """The same vote in a bare client, which prints all of it."""
    with tempfile.TemporaryDirectory(prefix="dsr1-benchmark-") as folder:
        argv = [sys.executable, str(_HERE / "fanout_bare.py"), kind, server.url, str(samples), str(every)]
        with Terminal(argv, environment(Path(folder))) as terminal:
            come_up(terminal, READY)
            terminal.settle()
            streamed = stream(terminal, server, typing=False, limit_s=limit_s, mark=f"{samples} votes")
            terminal.leave("\r")
    return streamed


def row(name: str, streamed: Streamed, tokens: int, slow: list[float]) -> str:
    """One client's figures."""
    words = [f"{name:24}", f"{streamed.cpu_s:7.2f} s", f"{streamed.cpu_s / tokens * 1e6:7.1f} µs"]
    words += [f"{100 * streamed.cpu_s / streamed.seconds:5.0f} %", f"{streamed.lag_s:6.2f} s"]
    if streamed.echoes:
        worst = max(streamed.echoes)
        words += [f"{statistics.median(streamed.echoes) * 1e3:5.0f} / {worst * 1e3:.0f} ms"]
        words += [f"{max(streamed.after, default=0) * 1e3:4.0f} ms", f"{max(slow, default=0) * 1e3:4.0f} ms"]
    if not streamed.done:
        words.append("did not come to the end")
    return "  ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=2000, help="of each sample")
    parser.add_argument("--rate", type=float, default=100, help="tokens a second of each sample")
    parser.add_argument("--rows", type=int, default=40, help="of the terminal")
    parser.add_argument("--columns", type=int, default=120, help="of the terminal")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--app-only", action="store_true")
    asked = parser.parse_args()
    every = max(2, asked.samples // 4)  # what the app asks for: domain/vote/ways.py
    limit_s = 60 + 2 * asked.tokens / asked.rate
    total = asked.samples * asked.tokens
    print(machine())
    print(f"{asked.samples} samples of {asked.tokens:,} tokens at {asked.rate:.0f}/s each, {every} tokens a chunk")
    print(f"{'':24}      CPU    a token  of core     lag   echo median / worst, after the end, worst callback")
    for _ in range(asked.runs):
        with Server(asked.tokens, asked.rate, _SERVER) as server:
            app, slow = run_app(server, asked.samples, limit_s, (asked.rows, asked.columns))
            print(row("the app", app, total, slow), flush=True)
            for kind in () if asked.app_only else ("typed", "raw"):
                bare = run_bare(kind, server, asked.samples, every, limit_s)
                print(row(f"bare client, {kind}", bare, total, []), flush=True)


if __name__ == "__main__":
    main()
