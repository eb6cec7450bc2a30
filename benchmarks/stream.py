"""What the app costs while an answer streams, beside bare openai clients: `python benchmarks/stream.py`.

For each size and rate it starts a stand-in endpoint (`stream_server.py`), the real app on a terminal of 120x40, and two
bare openai clients on terminals of their own, one after another; asks; types meanwhile; and prints the medians.

The harness is pyperf's where it fits: its file of values and of the machine, and its comparison (`--json before.json`,
later `python -m pyperf compare_to before.json after.json`). Its runner is not used, nor pytest-benchmark: both time one
function again and again, while here one answer through three processes gives fifteen figures at once (CPU, delay, echo,
memory), and would have to be streamed anew for each of them. So these are plain runs, and their medians.
"""

import argparse
import sys
from pathlib import Path

from stream_clients import run_app, run_bare
from stream_figures import Case, Run
from stream_measure import Server
from stream_report import machine, save, slowest, table


def measure(case: Case) -> None:
    """Run a case once more: the app, then each bare client, against one server."""
    limit_s = 60 + case.tokens * (0.01 + (1 / case.rate if case.rate else 0))
    with Server(case.tokens, case.rate) as server:
        _say(f"{case.name}: the app")
        app = run_app(server, limit_s)
        _say(f"{case.name}: bare client, typed")
        typed = run_bare("typed", server, limit_s)
        _say(f"{case.name}: bare client, raw lines")
        raw = run_bare("raw", server, limit_s)
    case.runs.append(Run(case.tokens, app, typed, raw))


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=_numbers, default=[3_000, 10_000, 30_000, 100_000], help="sizes of the answer")
    parser.add_argument("--rates", type=_numbers, default=[1_000, 0], help="tokens a second; 0: as fast as they go")
    parser.add_argument("--runs", type=int, default=1, help="how often each; the table has the medians")
    parser.add_argument("--json", type=Path, help="keep all values in this file, for pyperf compare_to")
    asked = parser.parse_args()
    cases = [Case(tokens, rate) for rate in asked.rates for tokens in asked.tokens]
    began = machine()
    for _ in range(asked.runs):
        for case in cases:
            measure(case)
    print(began)
    print(f"… {machine()}")
    print()
    print(table(cases))
    print()
    for case in cases:
        print(slowest(case))
    if asked.json is not None:
        save(cases, asked.json)


if __name__ == "__main__":
    main()
