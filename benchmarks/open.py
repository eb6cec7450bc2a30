"""How soon a long conversation stands on the screen, and how it turns and re-wraps: `python benchmarks/open.py`.

A conversation of 500 turns, an answer of 100,000 tokens and a thought of 100,000 tokens are written to a real store in
a folder of their own, and opened in the real app on a terminal in memory: everything is painted, nothing is shown.
Times are from the key to the last byte that it caused; the app stays up, so starting it is not in them.
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from open_conversations import Kept, fill
from open_probe import Probe, times_of
from stream_report import machine

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.wiring import build_kit

COLUMNS = ("open", "page up", "worst page", "to the top", "resize", "unfold")


async def measure(environ: dict[str, str], runs: int, turns: int, tokens: int) -> list[tuple[Kept, dict[str, float]]]:
    """The medians of every conversation, in seconds."""
    kept: Sequence[Kept] = await fill(environ, turns=turns, tokens=tokens)
    measured: list[tuple[Kept, dict[str, float]]] = []

    def prepare() -> tuple[Kit, Launch]:
        return build_kit(environ), Launch(config=Config(), flags=SamplingLayer(), demo=True)

    async def pilot(_: object) -> None:
        probe = Probe(app)
        await probe.up()
        for each in kept:
            rows = [await times_of(probe, each) for _ in range(runs)]
            measured.append((each, {name: statistics.median(row[name] for row in rows) for name in rows[0]}))
        app.exit()

    app = ChatApp(prepare)
    app.driver_class = Probe.Driver
    await app.run_async(size=Probe.SIZE, auto_pilot=pilot)
    if app.flow is not None:
        await app.flow.kit.aclose()
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="how often each; the table has the medians")
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--tokens", type=int, default=100_000)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="dsr1-benchmark-") as folder:
        environ = {
            f"DSR1_{name}_DIR": str(Path(folder) / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")
        }
        measured = asyncio.run(measure(environ, asked.runs, asked.turns, asked.tokens))
    print(f"… {machine()}\n")
    print(f"{'ms':<36}" + "".join(f"{name:>12}" for name in COLUMNS))
    for kept, times in measured:
        cells = (f"{times[name] * 1e3:12.0f}" if name in times else f"{'-':>12}" for name in COLUMNS)
        print(f"{kept.name:<36}" + "".join(cells))


if __name__ == "__main__":
    main()
