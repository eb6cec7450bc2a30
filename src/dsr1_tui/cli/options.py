"""The flags that several commands share: declared once, gathered into one `Asked`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.sections import Flag
from dsr1_tui.cli.steering_flags import steering_of
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer, Unset, Value
from dsr1_tui.domain.sampling_fields import BY_NAME, FIELDS, FieldSpec, Kind, SettingError, check, parse
from dsr1_tui.domain.ssh import HIGHEST_PORT
from dsr1_tui.services.resolve import TargetFlags

F = TypeVar("F", bound=Callable[..., object])

if TYPE_CHECKING:
    AnyType = click.ParamType[object]
else:
    AnyType = click.ParamType  # generic for type checkers in click's newest only

EXIT_CODES: Final = (
    "\b\n"
    "Exit codes:  0 done, 2 wrong use, 3 endpoint not reachable, 4 refused by the server,\n"
    "             5 ended without a whole answer, 130 interrupted, 1 a fault of the program itself."
)

CONTEXT: Final[dict[str, list[str]]] = {"help_option_names": ["-h", "--help"]}


class SettingType(AnyType):
    """A sampling value as typed, or `server` for the server's default."""

    name = "setting"

    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Check the text by the field's own table entry."""
        if not isinstance(value, str):
            return value
        try:
            return parse(self.spec, value)
        except SettingError as error:
            self.fail(f"{error}.", param, ctx)
        except OverflowError:
            self.fail(f"{self.spec.name} must be {self.spec.bounds}.", param, ctx)


class _Connection(Flag):
    section = "Connection"


class _Conversation(Flag):
    section = "Conversation"


class _Sampling(Flag):
    section = "Sampling (a value, or “server” for the server's own default)"


def connection_options(command: F) -> F:
    """Where to connect."""
    for option in (
        click.option("--config", cls=_Connection, metavar="FILE", help="Config file to read instead of the default."),
        click.option("--demo", cls=_Connection, is_flag=True, help="Recorded answers; needs no server."),
        click.option(
            "--rules",
            cls=_Connection,
            type=click.Choice([rule.value for rule in Rules]),
            help="DeepSeek-R1's prompt rules; by default on for R1 models.",
        ),
        click.option("--api-key-env", cls=_Connection, metavar="NAME", help="Environment variable that holds the key."),
        click.option("--model", cls=_Connection, metavar="NAME", help="Model to ask; by default the first served."),
        click.option("--endpoint", cls=_Connection, metavar="NAME", help="An endpoint named in the config file."),
        click.option(
            "--remote-port",
            cls=_Connection,
            type=click.IntRange(1, HIGHEST_PORT),
            metavar="N",
            help="With --ssh: where the server listens there; by default the usual ports are tried.",
        ),
        click.option("--ssh", cls=_Connection, metavar="USER@BOX[:PORT]", help="A server on a box, by an ssh tunnel."),
        click.option("--base-url", cls=_Connection, metavar="URL", help="Like http://host:8000, with or without /v1."),
    ):
        command = option(command)
    return command


def conversation_options(command: F) -> F:
    """Which conversation to go on with."""
    resume = click.option("--resume", cls=_Conversation, metavar="ID", help="Go on with this one; a prefix will do.")
    last = click.option("-c", "--continue", "last", cls=_Conversation, is_flag=True, help="Go on with the last one.")
    return last(resume(command))


def keep_option(command: F) -> F:
    """What becomes of a server that the chat starts."""
    words = "A server that the chat starts goes on when it is left; it does not ask."
    return click.option("--keep", cls=_Conversation, is_flag=True, help=words)(command)


def sampling_options(command: F) -> F:
    """One flag for each sampling field."""
    for spec in reversed(FIELDS):
        many = spec.kind is Kind.STRINGS
        words = f"{spec.help} {spec.bounds[0].upper()}{spec.bounds[1:]}." if spec.kind is Kind.FLOAT else spec.help
        option = click.option(
            spec.flag,
            spec.name,
            cls=_Sampling,
            type=SettingType(spec),
            multiple=many,
            metavar={Kind.FLOAT: "X", Kind.INT: "N", Kind.STRINGS: "TEXT"}[spec.kind],
            help=words,
        )
        command = option(command)
    return command


def gather(ctx: click.Context, flags: Mapping[str, object]) -> Asked:
    """The shared flags of this command laid over those given before it.

    Raises:
        FaultError: (usage) flags that contradict each other.
        click.UsageError: `-c` beside `--resume`, too many stop strings.
    """
    last, resume = flags.get("last") is True, _text(flags, "resume")
    if last and resume is not None:
        raise click.UsageError("-c and --resume name two conversations; give one of them.", ctx)
    if resume is not None and not resume.strip():
        raise click.UsageError("--resume needs the id of a conversation; -c goes on with the last one.", ctx)
    config = _text(flags, "config")
    rules = _text(flags, "rules")
    here = Asked(
        target=TargetFlags(
            base_url=_text(flags, "base_url"),
            ssh=_text(flags, "ssh"),
            remote_port=remote_port if isinstance(remote_port := flags.get("remote_port"), int) else None,
            endpoint=_text(flags, "endpoint"),
            model=_text(flags, "model"),
            api_key_env=_text(flags, "api_key_env"),
        ),
        config=None if config is None else Path(config).expanduser(),
        rules=None if rules is None else Rules(rules),
        demo=flags.get("demo") is True,
        keep=flags.get("keep") is True,
        resume="" if last else resume,
        sampling=_sampling(ctx, flags),
        steering=steering_of(flags),
    )
    before = ctx.parent.obj if ctx.parent is not None else None
    return (here.over(before) if isinstance(before, Asked) else here).checked()


def _sampling(ctx: click.Context, flags: Mapping[str, object]) -> SamplingLayer:
    layer = SamplingLayer()
    for name, spec in BY_NAME.items():
        given = flags.get(name)
        if given is None or given == ():
            continue
        value = _joined(ctx, spec, given) if spec.kind is Kind.STRINGS else given
        if isinstance(value, Unset | int | float | tuple):
            layer = layer.having(name, value)
    return layer


def _joined(ctx: click.Context, spec: FieldSpec, given: object) -> Value | Unset:
    """Several `--stop` flags as one list; `server` among them takes all that came before it back."""
    texts: list[str] = []
    unset = False
    for part in given if isinstance(given, tuple) else ():
        unset = part is SERVER
        texts = [] if unset else [*texts, *part]
    if unset:
        return SERVER
    try:
        return check(spec, tuple(texts))
    except SettingError as error:
        raise click.UsageError(f"{spec.flag}: {error}.", ctx) from None


def _text(flags: Mapping[str, object], name: str) -> str | None:
    value = flags.get(name)
    return value if isinstance(value, str) else None
