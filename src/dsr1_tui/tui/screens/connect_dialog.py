"""Where to connect: a named endpoint, or an address typed and checked as it is typed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from dsr1_tui.domain.config import EndpointConfig
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.domain.target import Target, parse_address
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.labelled_input import LabelledInput
from dsr1_tui.tui.words import one_line

Environ = Callable[[str], str | None]
"""Looks a variable up."""

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_C = Command
CONNECT_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="connect-go", action="go", title="connect", help="Connect to the marked endpoint or the typed address.",
       area=Area.MODEL, key_label="enter", footer=100),
    replace(CLOSE, id="connect-close"),
    _C(id="connect-next", action="next(1)", title="next field", help="To the next field.", area=Area.MODEL,
       keys=("down",), key_label="↓", footer=50),
    _C(id="connect-previous", action="next(-1)", title="field before", help="To the field before.", area=Area.MODEL,
       keys=("up",), key_label="↑"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the fields, so that a dialog opened again after a failure begins where the last one ended."""

    url: str = ""
    model: str = ""
    key_variable: str = ""
    """A variable's name, never a key."""
    name: str | None = None
    """The named endpoint it was taken from."""


class ConnectDialog(Dialog[Target | None]):
    """Gives where to connect, or `None`; `typed` tells afterwards what stood in the fields."""

    KEYS: ClassVar[tuple[Command, ...]] = CONNECT_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(
        self,
        endpoints: Mapping[str, EndpointConfig],
        initial: str = "",
        *,
        environ: Environ,
        typed: Typed | None = None,
        error: str = "",
    ) -> None:
        """`initial` is a URL or an endpoint's name; `typed` wins over it; `error` is why the last try failed."""
        super().__init__("Connect")
        self._endpoints = endpoints
        self._environ = environ
        start = typed or _named(endpoints, initial) or Typed(url=initial)
        self._name = start.name
        self._list = ChoiceList([_choice(name, one) for name, one in endpoints.items()], id="connect-list")
        self._url = LabelledInput("address", "http://host:8000, or ssh user@box", start.url, id="connect-url")
        self._model = LabelledInput("model", "the first it serves", start.model, id="connect-model")
        self._key = LabelledInput(
            "key from", "name of a variable, if it wants a key", start.key_variable, id="connect-key"
        )
        self._start, self._error = start, one_line(error)

    def compose_body(self) -> Iterable[Widget]:
        """Named endpoints, then the fields."""
        if self._endpoints:
            yield self._list
        yield from self._fields

    def on_mount(self) -> None:
        """The cursor where the next step is likely: the address, after a failure or without named endpoints."""
        if self._error:
            self._url.tell(self._error, error=True)
        if self._error or self._start.url or not self._endpoints:
            self._url.focus_input()
        else:
            self._list.focus()

    @property
    def typed(self) -> Typed:
        """What stands in the fields."""
        url = self._url.value.strip()
        named = self._endpoints.get(self._name) if self._name is not None else None
        name = self._name if named is not None and named.base_url == url else None
        return Typed(url=url, model=self._model.value.strip(), key_variable=self._key.value.strip(), name=name)

    @property
    def _fields(self) -> tuple[LabelledInput, ...]:
        return self._url, self._model, self._key

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check what was typed at once, with the reason below the field."""
        event.stop()
        if event.input is self._url.input and event.value != self._start.url:
            self._check_url()
        elif event.input is self._key.input:
            self._check_key(typing=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in any field connects."""
        event.stop()
        self._go()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Connect to a named endpoint; its values stand in the fields, should something be wrong with them."""
        event.stop()
        named = _named(self._endpoints, event.choice.id)
        if named is not None:
            self._name = named.name
            self._url.value, self._model.value, self._key.value = named.url, named.model, named.key_variable
            self._go()

    def on_choice_list_beyond(self, event: ChoiceList.Beyond) -> None:
        """From the ends of the list on to the fields."""
        event.stop()
        self.action_next(event.step)

    def action_go(self) -> None:
        """Connect: the marked endpoint where the list has the focus, else what is typed."""
        if self._list.has_focus:
            self._list.choose()
        else:
            self._go()

    def action_next(self, step: int) -> None:
        """Focus another field, the list of endpoints among them."""
        stops = [*([self._list] if self._endpoints else []), *(field.input for field in self._fields)]
        at = next((index for index, stop in enumerate(stops) if stop.has_focus), 0)
        stops[(at + step) % len(stops)].focus()

    def _go(self) -> None:
        address = self._check_url()
        if address is None:
            self._url.focus_input()
        elif not self._check_key():
            self._key.focus_input()
        else:
            typed = self.typed
            key = (self._environ(typed.key_variable) or "").strip() if typed.key_variable else ""
            base_url, via = address
            model = typed.model or None
            self.give(Target(base_url=base_url, model=model, name=typed.name, api_key=key or None, via=via))

    def _check_url(self) -> tuple[str, SshPlace | None] | None:
        """The whole address and the box it lies behind, or `None` with the reason below the field."""
        try:
            base_url, via = parse_address(self._url.value)
        except FaultError as error:
            empty = not self._url.value.strip()
            self._url.tell("An address is needed, like http://host:8000." if empty else error.fault.line, error=True)
            return None
        self._url.tell(f"→ {base_url}" if via is None else f"→ by ssh to {via.label}; it may ask in the terminal")
        return base_url, via

    def _check_key(self, *, typing: bool = False) -> bool:
        """Whether the key's variable is none, or set; what was typed is not repeated: it might be a key.

        While one types, a name that is not set may only not be finished: no fault yet.
        """
        name = self._key.value.strip()
        if not name:
            self._key.tell("")
            return True
        if _VARIABLE.fullmatch(name) is None:
            self._key.tell("That is no variable's name. Give the name, not the key itself.", error=True)
        elif not (self._environ(name) or "").strip():
            self._key.tell("No variable of this name is set.", error=not typing)
        else:
            self._key.tell("set; the key is sent to this endpoint only")
            return True
        return False


def _choice(name: str, endpoint: EndpointConfig) -> Choice:
    facts = [endpoint.base_url, *([endpoint.model] if endpoint.model else [])]
    return Choice(id=name, title=one_line(name), detail=one_line(" · ".join(facts)))


def _named(endpoints: Mapping[str, EndpointConfig], name: str) -> Typed | None:
    found = endpoints.get(name)
    if found is None:
        return None
    return Typed(url=found.base_url, model=found.model or "", key_variable=found.api_key_env or "", name=name)
