"""The flags of a server's start, made from the table of its profile."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.sections import Flag
from dsr1_tui.cli.serve_group import EXTRA
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.profile_fields import BY_NAME, SPECS, FieldKind, Group, ProfileSpec, check, parse

F = TypeVar("F", bound=Callable[..., object])

if TYPE_CHECKING:
    AnyType = click.ParamType[object]
else:
    AnyType = click.ParamType  # generic for type checkers in click's newest only


class _Model(Flag):
    section = Group.MODEL.value


class _Memory(Flag):
    section = Group.MEMORY.value


class _Spread(Flag):
    section = Group.SPREAD.value


class _Where(Flag):
    section = Group.WHERE.value


_SECTIONS = {Group.MODEL: _Model, Group.MEMORY: _Memory, Group.SPREAD: _Spread, Group.WHERE: _Where}


class ProfileType(AnyType):
    """A value as typed, checked by the field's own table entry."""

    name = "setting"

    def __init__(self, spec: ProfileSpec) -> None:
        self.spec = spec

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The value."""
        if not isinstance(value, str):
            return value
        try:
            return parse(self.spec, value)
        except SettingError as error:
            self.fail(f"{error}".rstrip(".") + ".", param, ctx)


def profile_options(command: F) -> F:
    """One flag for each field of a profile."""
    for spec in reversed(SPECS):
        if spec.kind is FieldKind.WORDS:
            continue
        words = spec.help
        if spec.kind is FieldKind.FLOAT:
            words = f"{words} {spec.bounds[0].upper()}{spec.bounds[1:]}."
        switch = spec.kind is FieldKind.SWITCH
        option = click.option(
            f"{spec.flag}/--no-{spec.flag.removeprefix('--')}" if switch else spec.flag,
            spec.name,
            cls=_SECTIONS[spec.group],
            type=None if switch else ProfileType(spec),
            default=None,
            metavar=None if switch else spec.metavar,
            help=words,
        )
        command = option(command)
    return command


def profile_of(ctx: click.Context, flags: Mapping[str, object], word: str | None) -> ServerProfile:
    """The layer that a command line makes.

    Args:
        ctx: the start command's.
        flags: what click read.
        word: the model given without a flag.

    Raises:
        click.UsageError: two models; words after `--` that cannot stand there.
    """
    profile = ServerProfile()
    for name in BY_NAME:
        value = flags.get(name)
        if isinstance(value, str | int | float | bool | tuple):
            profile = profile.having(name, value)
    if word is not None:
        try:
            model = check(BY_NAME["model"], word)
        except SettingError as error:
            raise click.UsageError(f"{error}.", ctx) from None
        if profile.model is not None and profile.model != model:
            raise click.UsageError("Two models are named; give one of them.", ctx)
        profile = profile.having("model", model)
    extra = ctx.meta.get(EXTRA, ())
    if extra:
        try:
            profile = profile.having("extra", check(BY_NAME["extra"], extra))
        except SettingError as error:
            raise click.UsageError(f"After “--”: {error}.", ctx) from None
    return profile.over(_before(ctx))


def _before(ctx: click.Context) -> ServerProfile:
    """What was said before the word `serve`: the chat's own `--model` and `--api-key-env`."""
    group = ctx.parent
    asked = group.obj if group is not None else None
    if not isinstance(asked, Asked):
        return ServerProfile()
    return ServerProfile(model=asked.target.model, api_key_env=asked.target.api_key_env)
