"""Follows vLLM's log while it starts: the phase, how far it is, and the facts the server tells of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from dsr1_tui.domain.server.log_facts import told
from dsr1_tui.domain.server.log_lines import READ, Level, LogLine, read_line
from dsr1_tui.domain.server.progress import Phase, ServerFacts, StartProgress

_ORDER: Final = tuple(Phase)
_LINE_END: Final = re.compile(r"[\r\n]")
_MOST_BARS: Final = 512
_LARGE: Final = 16_000_000
"""Bytes from which a file that comes counts as a download of its own (smaller ones belong to the configuration)."""

_BAR: Final = re.compile(r"(?P<percent>\d{1,3})%\s?(?:Completed\s?)?\|")
_COUNT: Final = re.compile(
    r"\|?\s{0,8}(?P<done>\d[\d.,]{0,15})\s?(?P<done_unit>[kKMGTP]?i?B?)\s?/"
    r"\s?(?P<total>\d[\d.,]{0,15})\s?(?P<total_unit>[kKMGTP]?i?B?)\s?[\[,]"
)
_WEIGHT_FILE: Final = re.compile(r"\.(?:safetensors|bin|pth?|gguf|ckpt)\b")
_WHOLE_DOWNLOAD: Final = re.compile(r"Downloading\b|Download complete|Processing Files")
_TWICE: Final = re.compile(r"(?i)reconstruct|upload|^Fetching|^validating")
"""Bars that count the same bytes again, files instead of bytes, or no download."""
_LOADS: Final = re.compile(r"(?i)loading .{0,60}shards|loading safetensors using|loading .{0,40}checkpoint")
_CAPTURES: Final = re.compile(r"(?i)captur\w+ (?:the model for )?(?:[\w-]+ ){0,4}graphs?\b")

# Essential words, not whole lines: wordings differ between versions.
_MARKS: Final = (
    (Phase.READY, re.compile(r"Application startup complete")),
    (
        Phase.CAPTURING,
        re.compile(r"(?i)^(?:captur\w+ (?:the model for )?(?:[\w-]+ ){0,4}graphs?\b|graph capturing finished)"),
    ),
    (
        Phase.PROFILING,
        re.compile(
            r"(?i)loading weights took|model loading took|loading model weights took|memory profiling takes"
            r"|profiling cuda ?graph memory|available kv cache memory|kv cache size|for kv cache on node"
            r"|dynamo bytecode|compiling a graph|torch\.compile (?:took|takes)|for vllm's torch\.compile|init engine \("
        ),
    ),
    (Phase.LOADING, re.compile(r"(?i)filesystem type for checkpoints|prefetching checkpoint files")),
    (
        Phase.RESOLVING,
        re.compile(
            r"(?i)api server version|[▄█] +version \d|non-default args|resolved architecture|using max model len"
            r"|initializing an? (?:v\d )?llm engine|starting to load model"
        ),
    ),
)
_UNITS: Final[Mapping[str, int]] = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    done: float
    total: float
    counts_bytes: bool


@dataclass(frozen=True, slots=True)
class _State:
    """All that was understood of whole lines."""

    phase: Phase = Phase.STARTING
    passed: tuple[Phase, ...] = ()
    bars: Mapping[str, _Bar] = field(default_factory=dict)
    facts: ServerFacts = field(default_factory=ServerFacts)


class StartWatch:
    """Understands a start from its log, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._state = _State()
        self._open = ""

    def feed(self, text: str) -> None:
        """Take the next piece of the log, cut anywhere. What a cut leaves open waits for the rest."""
        if self._state.phase is Phase.READY:
            return
        *whole, last = _LINE_END.split(text)
        for line in whole:
            self._state = _step(self._state, self._open + line[:READ])
            self._open = ""
        # Only the head of a line is ever read; keeping no more makes a log without line ends harmless.
        self._open = (self._open + last[:READ])[:READ]

    @property
    def progress(self) -> StartProgress:
        """Where the start stands, the bar that is still being drawn included."""
        state = _step(self._state, self._open) if self._open else self._state
        done, total, unit = _counted(state)
        return StartProgress(
            phase=state.phase, done=done, total=total, unit=unit, facts=state.facts, passed=state.passed
        )


def _step(state: _State, raw: str) -> _State:
    if state.phase is Phase.READY:
        return state
    line = read_line(raw)
    if line.level is Level.WARNING:
        return state
    if (bar := _bar(line.text)) is not None:
        return _drawn(state, bar)
    if line.level is None and line.text.startswith(("  ", "Traceback")):
        return state
    for phase, marks in _MARKS:
        if marks.search(line.text):
            state = _enter(state, phase)
            break
    return _with_facts(state, line)


def _with_facts(state: _State, line: LogLine) -> _State:
    facts = told(state.facts, line.text)
    return state if facts is state.facts else replace(state, facts=facts)


def _enter(state: _State, phase: Phase) -> _State:
    """Go on to a later phase; an earlier one is a straggler's word."""
    if _ORDER.index(phase) <= _ORDER.index(state.phase):
        return state
    return replace(state, phase=phase, passed=(*state.passed, state.phase), bars={})


def _bar(text: str) -> _Bar | None:
    if "%" not in text or (drawn := _BAR.search(text)) is None:
        return None
    if (count := _COUNT.search(text, drawn.end() - 1)) is None:
        return None
    try:
        done, total = _amount(count["done"], count["done_unit"]), _amount(count["total"], count["total_unit"])
    except ValueError:
        return None
    scaled = bool(count["total_unit"])
    return _Bar(label=text[: drawn.start()].strip(" :"), done=min(done, total), total=total, counts_bytes=scaled)


def _amount(number: str, unit: str) -> float:
    """The plain number; tqdm counts in thousands unless it says `iB`.

    Raises:
        ValueError: it is no number.
    """
    base = 1024 if "i" in unit else 1000
    scale: int = base ** _UNITS[unit[:1].lower().replace("b", "")]
    return float(number.replace(",", "")) * scale


def _drawn(state: _State, bar: _Bar) -> _State:
    if _CAPTURES.search(bar.label):
        phase = Phase.CAPTURING
    elif _LOADS.search(bar.label):
        phase = Phase.LOADING
    elif _is_download(bar):
        phase = Phase.DOWNLOADING
    else:
        return state
    state = _enter(state, phase)
    if state.phase is not phase or (bar.label not in state.bars and len(state.bars) >= _MOST_BARS):
        return state
    label = "*" if phase is Phase.DOWNLOADING and _WHOLE_DOWNLOAD.match(bar.label) else bar.label
    return replace(state, bars={**state.bars, label: bar})


def _is_download(bar: _Bar) -> bool:
    if not bar.counts_bytes or _TWICE.search(bar.label):
        return False
    return bar.total >= _LARGE or _WEIGHT_FILE.search(bar.label) is not None


def _counted(state: _State) -> tuple[float | None, float | None, str]:
    """Done, total and unit over all bars of the phase; one that counts the whole download stands for all."""
    bars = [state.bars["*"]] if "*" in state.bars else list(state.bars.values())
    if not bars:
        return None, None, ""
    match state.phase:
        case Phase.CAPTURING:
            unit = "graphs"
        case Phase.LOADING:
            unit = "B" if bars[-1].counts_bytes else "shards"
            bars = bars[-1:]  # a draft model's shards come after, with a bar of their own
        case _:
            unit = "B"
    return sum(bar.done for bar in bars), sum(bar.total for bar in bars), unit
