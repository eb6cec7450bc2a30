"""Judges what serving a model here takes: the config, the database, vLLM, its processes, the port, the model. Pure."""

import re
from pathlib import Path
from typing import Final

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.doctor import Check, CheckId, failed, passed, skipped, typed_all, warned
from dsr1_tui.domain.doctor_facts import EngineProcesses, StoreHealth
from dsr1_tui.domain.engine import EngineRecord
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.model import ModelFacts, ModelPlace, ModelState
from dsr1_tui.domain.server.preflight import Concern, Grade
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.ports import PortOwner

GB: Final = 10**9
MB: Final = 10**6
OLDEST: Final = (0, 20)
"""The oldest vLLM that this program asks for (`pyproject.toml`); what it was tried with is 0.32."""
_INSTALL: Final = "Install it: dsr1-chat engine install; or name its command in the config file ([server] command)."
_OF_FILES: Final = frozenset(
    {StartCode.WEIGHTS_MISSING, StartCode.WEIGHTS_DAMAGED, StartCode.CONFIG_MISSING, StartCode.HUB_OFFLINE}
)


def judge_config(path: Path, config: Config, *, there: bool) -> Check:
    """A file that could be read."""
    if not there:
        return passed(CheckId.CONFIG, f"none ({path}), defaults hold")
    counts = f"{len(config.endpoints)} endpoints, {len(config.servers)} server profiles"
    return passed(CheckId.CONFIG, f"{path}: {counts}")


def judge_store(path: Path, health: StoreHealth) -> Check:
    """A database that could be read."""
    if not health.there:
        return passed(CheckId.STORE, f"none yet ({path})")
    if health.problems:
        remedy = f"Copy it away first, then save what can be read: sqlite3 {path} .recover | sqlite3 repaired.db"
        return failed(CheckId.STORE, f"{path} is damaged", remedy, *health.problems)
    size = f"{health.size_bytes / MB:,.1f} MB"
    if not health.whole:
        remedy = f"Nothing was wrong as far as it was read; all of it: sqlite3 {path} 'PRAGMA integrity_check'"
        return warned(CheckId.STORE, f"{path}: {size}, too large to be looked through here", remedy)
    return passed(CheckId.STORE, f"{path}: {size}, whole")


def judge_engine(vllm: FoundVllm, record: EngineRecord | None, version: str | None) -> Check:
    """The vLLM that would be started.

    Args:
        vllm: where it was found.
        record: what the engine's own environment tells of itself, where there is one.
        version: vLLM's, where it is known.
    """
    if vllm.source is VllmSource.NOWHERE:
        if record is not None:
            done = f"an installation was not finished ({len(record.done)} steps done)"
            return failed(CheckId.ENGINE, done, "Go on with it: dsr1-chat engine install")
        return skipped(CheckId.ENGINE, "not installed here", _INSTALL)
    build = "CPU build" if vllm.cpu else "CUDA build"
    found = f"{version or 'version not known'} ({build}), from {vllm.source.value}"
    if vllm.source is VllmSource.ENGINE and record is not None and record.recipe and record.version is None:
        return failed(CheckId.ENGINE, f"not finished: {found}", "Go on with it: dsr1-chat engine install")
    numbers = tuple(int(part) for part in re.findall(r"\d+", version or "")[:2])
    if numbers and numbers < OLDEST:
        remedy = "It serves, but knows fewer extras: update it (dsr1-chat engine remove, then engine install)."
        return warned(CheckId.ENGINE, f"{found}, older than {OLDEST[0]}.{OLDEST[1]}", remedy)
    return passed(CheckId.ENGINE, found)


def judge_orphans(engines: EngineProcesses) -> Check:
    """Engines that nobody watches over. They are told, never ended."""
    if not engines.orphans:
        servers = len(set(engines.ours.values()))
        return passed(CheckId.ORPHANS, "none" + (f"; servers of ours, watched over: {servers}" if servers else ""))
    lines, remedies = [], []
    for orphan in engines.orphans:
        pids = " ".join(map(str, orphan.pids))
        whose = f"of our server {orphan.server}" if orphan.server else "that dsr1-chat did not start"
        lines.append(f"{orphan.name or 'a process'} (pid {pids}) {whose}")
        remedies.append(f"dsr1-chat serve stop {orphan.server}" if orphan.stoppable else f"kill {pids}")
    own = any(orphan.server for orphan in engines.orphans)
    remedy = f"If nobody needs them, end them yourself: {'; '.join(dict.fromkeys(remedies))}"
    return (failed if own else warned)(CheckId.ORPHANS, f"{len(engines.orphans)} without a watcher", remedy, *lines)


def judge_port(port: int, owner: PortOwner | None, engines: EngineProcesses, *, free: int, endpoint: bool) -> Check:
    """The port that the profile would take.

    Args:
        port: its number.
        owner: who listens there; `None` if nobody does, or it cannot be told.
        engines: tells which processes are ours.
        free: a port that is free: this one, if it is.
        endpoint: whether the endpoint that is looked at is there.
    """
    if free == port:
        return passed(CheckId.PORT, f"{port} is free")
    who = f"{owner.name or 'a process'} (pid {owner.pid})" if owner is not None else "a process of another user"
    if owner is not None and owner.pid in engines.ours:
        return passed(CheckId.PORT, f"{port}: our own server {engines.ours[owner.pid]} ({who})")
    if endpoint:
        return passed(CheckId.PORT, f"{port}: {who}, the endpoint that is looked at")
    remedy = f"Start with --port {free}; or talk to what listens there: --base-url http://127.0.0.1:{port}"
    return warned(CheckId.PORT, f"{port} is taken by {who}", remedy)


def judge_model(model: ModelState, concerns: tuple[Concern, ...], *, hub_offline: bool) -> Check:
    """Whether the files are there, all of them, whole."""
    own = [concern for concern in concerns if concern.code in _OF_FILES]
    if own:
        first = own[0]
        remedy = first.hint or "Download the model again."
        judge = failed if first.grade is Grade.REFUSAL else warned
        return judge(CheckId.MODEL, first.message, remedy, *(concern.line for concern in own[1:]))
    if model.place is ModelPlace.ABSENT:
        weights = model.facts.weight_bytes if model.facts is not None else None
        size = f" (≈{weights / GB:.1f} GB)" if weights else ""
        if hub_offline:
            remedy = "Unset HF_HUB_OFFLINE for one start, or give a folder: --model FOLDER"
            return failed(CheckId.MODEL, f"{model.model} is not here, and HF_HUB_OFFLINE is set", remedy)
        remedy = f"The first start downloads it{size}: dsr1-chat serve {model.model}; or give a folder: --model FOLDER"
        return skipped(CheckId.MODEL, f"{model.model} is not on this machine", remedy)
    return passed(CheckId.MODEL, f"{model.model}: {_of(model.facts)}", f"{model.place.value}: {model.folder}")


def _of(facts: ModelFacts | None) -> str:
    if facts is None:
        return "complete"
    weights = f"{facts.weight_bytes / MB:,.1f} MB of weights" if facts.weight_bytes else ""
    length = f"up to {facts.max_model_len:,} tokens" if facts.max_model_len else ""
    return ", ".join(part for part in (facts.architecture, weights, length) if part) or "complete"


def judge_quantization(profile: ServerProfile, model: ModelState, concerns: tuple[Concern, ...]) -> Check:
    """What is asked for against what the checkpoint is."""
    own = [concern for concern in concerns if concern.code is StartCode.BAD_QUANTIZATION]
    if own:
        flags = ", ".join(typed_all(own[0].flags))
        remedy = f"{own[0].hint} ({flags})" if flags else own[0].hint
        return failed(CheckId.QUANTIZATION, own[0].message, remedy or "Leave --quantization away.")
    if model.facts is None or (model.place is ModelPlace.ABSENT and profile.quantization is None):
        remedy = "Give a folder, or download the model: its config.json tells."
        return skipped(CheckId.QUANTIZATION, "the model's files are not here", remedy)
    made = f"made with {model.facts.quantization}" if model.facts.quantization else "plain weights"
    asked = f"--quantization {profile.quantization} is asked for" if profile.quantization else "none is asked for"
    return passed(CheckId.QUANTIZATION, f"{made}, {asked}")


def judge_fit(model: ModelState, concerns: tuple[Concern, ...]) -> Check:
    """What else is to be said before the start: memory, heads and GPUs, length."""
    own = [one for one in concerns if one.code not in _OF_FILES and one.code is not StartCode.BAD_QUANTIZATION]
    if not own:
        if model.facts is None:
            remedy = "Give a folder, or download the model: its config.json tells."
            return skipped(CheckId.FIT, "nothing is known of the model", remedy)
        return passed(CheckId.FIT, "nothing speaks against it")
    first = own[0]
    lines = [concern.line for concern in own[1:]]
    if first.grade is Grade.NOTE:
        return passed(CheckId.FIT, first.line, *lines)
    flags = ", ".join(typed_all(first.flags))
    remedy = " ".join(part for part in (first.hint, f"({flags})" if flags else "") if part)
    judge = failed if first.grade is Grade.REFUSAL else warned
    return judge(CheckId.FIT, first.message, remedy or "Look at it: dsr1-chat serve --dry-run", *lines)
