"""`dsr1-chat config`: where the config file is, and what a run started now would use."""

import os
import shlex
from typing import Final

import click

from dsr1_tui.cli.options import CONTEXT, connection_options, gather, sampling_options
from dsr1_tui.cli.sections import Sectioned
from dsr1_tui.cli.steering_flags import steering_options
from dsr1_tui.domain.budget import budget_text
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.domain.sampling import Unset
from dsr1_tui.domain.sampling_fields import FIELDS, shown
from dsr1_tui.domain.steering import Steering
from dsr1_tui.render.safe import safe
from dsr1_tui.services.resolve import resolve_target
from dsr1_tui.wiring import find_config

_FLAGS: Final = {
    "preset": "--preset",
    "instructions": "--instructions",
    "thinking": "--think",
    "directive": "--boxed",
    "loop_policy": "--loop-policy",
    "thinking_budget": "--thinking-budget",
}
"""Keys of the file's `[chat]`, and the flags over them."""


@click.group("config", context_settings=CONTEXT, no_args_is_help=False)
def config() -> int:
    """Where the config file is, and what holds now."""
    return ExitCode.DONE


@config.command("path", cls=Sectioned, context_settings=CONTEXT)
@connection_options
@click.pass_context
def path(ctx: click.Context, /, **flags: object) -> int:
    """Print the path of the config file that is read, whether it exists or not."""
    click.echo(safe(str(find_config(os.environ, gather(ctx, flags).config).path)))
    return ExitCode.DONE


@config.command("show", cls=Sectioned, context_settings=CONTEXT)
@connection_options
@steering_options
@sampling_options
@click.pass_context
def show(ctx: click.Context, /, **flags: object) -> int:
    """Print what a run with these flags would use, and where each part comes from. Keys are never shown."""
    asked = gather(ctx, flags)
    file = find_config(os.environ, asked.config)
    loaded = file.load()
    rows = [("config file", f"{file.path}{'' if file.path.exists() else ' (not there)'}")]
    resolved = None if asked.demo else resolve_target(asked.target, os.environ, loaded)
    if asked.demo:
        rows.append(("endpoint", "demo (--demo)"))
    elif resolved is None:
        rows.append(("endpoint", "none named"))
    else:
        rows += [
            ("endpoint", f"{resolved.target.base_url} ({resolved.source})"),
            ("model", resolved.target.model or "the first served"),
            ("api key", f"from ${resolved.key_env}" if resolved.key_env else "none"),
        ]
    rows.append(("endpoints", ", ".join(loaded.endpoints) or "none in the file"))
    rows.append(("presets", ", ".join(preset.name for preset in loaded.presets.all)))
    rows.append(("servers", ", ".join(_marked(loaded)) or "none in the file"))
    if loaded.vllm_command:
        rows.append(("vllm command", shlex.join(loaded.vllm_command)))
    of_flags, of_file = _steered(asked.steering), _steered(loaded.steering)
    if asked.steering.preset is not None:
        loaded.presets.named(asked.steering.preset)
    for name, flag in _FLAGS.items():
        said = (of_flags[name], flag) if of_flags[name] is not None else (of_file[name], "file")
        if said[0] is not None:
            rows.append((name, f"{said[0]} ({said[1]})"))
    for spec in FIELDS:
        given, kept = asked.sampling.get(spec.name), loaded.sampling.get(spec.name)
        value, source = (given, spec.flag) if given is not Unset.INHERIT else (kept, "file")
        if value is Unset.SERVER:
            rows.append((spec.name, f"{spec.unset} ({source})"))
        elif not isinstance(value, Unset):
            rows.append((spec.name, f"{shown(spec, value)} ({source})"))
    width = max(len(name) for name, _ in rows)
    click.echo("\n".join(safe(f"{name:<{width}}  {value}") for name, value in rows))
    return ExitCode.DONE


def _marked(loaded: Config) -> tuple[str, ...]:
    """The server profiles, with the model of each."""
    return tuple(
        f"{name} ({profile.model or 'the default model'}{', default' if name == loaded.server else ''})"
        for name, profile in loaded.servers.items()
    )


def _steered(steering: Steering) -> dict[str, str | None]:
    """The values by the file's keys, as they are written there."""
    directive = steering.directive
    return {
        "preset": steering.preset,
        "instructions": None if steering.instructions is None else " ".join(steering.instructions.split()),
        "thinking": steering.thinking,
        "directive": None if directive is None else str(directive).lower(),
        "loop_policy": steering.loop_policy,
        "thinking_budget": budget_text(steering),
    }
