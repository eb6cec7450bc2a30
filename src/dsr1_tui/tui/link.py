"""Keeps the chat connected: connects, notices a loss, finds the server again, without a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final, Protocol

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import FullEndpoint
from dsr1_tui.services.connect import Connection, connect, switch_model
from dsr1_tui.tui.session import Session

RETRY_S: Final = 2.0
"""Seconds between looks at a server that is out of reach."""
WATCH_S: Final = 15.0
"""Seconds between looks at a server that was there."""
_HOPELESS: Final = frozenset({FaultCode.UNAUTHORIZED, FaultCode.MODEL_NOT_FOUND, FaultCode.NOT_AN_API, FaultCode.USAGE})


class Phase(Enum):
    """How the connection stands."""

    NONE = auto()
    CONNECTING = auto()
    READY = auto()
    LOST = auto()
    """Out of reach; looked for again by itself."""
    REFUSED = auto()
    """It answered, but not as we need; the user has to change something."""


class LinkHost(Protocol):
    """What the screen does when the connection changes."""

    def link_changed(self) -> None:
        """The phase changed."""
        ...

    def link_failed(self, fault: Fault) -> None:
        """Connecting failed, for the first time since the target was chosen or the server lost."""
        ...

    def open_tunnel(self, target: Target) -> Target:
        """The near end of the tunnel to a remote box; blocks, with the terminal given to ssh where it has to ask.

        Raises:
            FaultError: (ssh).
        """
        ...


class Link:
    """One screen's connection."""

    def __init__(
        self, session: Session, host: LinkHost, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._session = session
        self._host = host
        self._sleep = sleep
        self._wake = asyncio.Event()
        self.phase = Phase.NONE
        self.target: Target | None = None
        self._endpoint: FullEndpoint | None = None

    async def keep(self, target: Target) -> None:
        """Connect to `target` and stay with it until cancelled; a loss is told once and mended when it can be."""
        await self._close()
        self.target = target
        self._session.connection = None
        self._set(Phase.CONNECTING)
        if target.needs_tunnel:
            try:
                self.target = target = self._host.open_tunnel(target)
            except FaultError as error:
                self._host.link_failed(error.fault)
                self._set(Phase.REFUSED)
                return
        self._endpoint = endpoint = self._session.kit.open_endpoint(target)
        told = False
        while True:
            try:
                self._ready(await connect(endpoint, rules=self._session.launch.rules))
            except FaultError as error:
                if not told:
                    told = True
                    self._host.link_failed(error.fault)
                if error.fault.code in _HOPELESS:
                    self._set(Phase.REFUSED)
                    return
                self._set(Phase.LOST)
                await self._sleep(RETRY_S)
                await self._until_alive(endpoint)
                continue
            told = False
            await self._while_alive(endpoint)
            self._set(Phase.LOST)
            await self._until_alive(endpoint)

    def lost(self) -> None:
        """A turn found the server gone."""
        self._set(Phase.LOST)
        self._wake.set()

    def use_model(self, wanted: str) -> None:
        """Talk to another model of the endpoint.

        Raises:
            FaultError: (model-not-found, usage) with what is served.
        """
        connection = self._session.connection
        if connection is None:
            raise FaultError(Fault(FaultCode.USAGE, "There is no connection to choose a model on.", "Connect first."))
        self._session.connection = switch_model(connection, wanted, rules=self._session.launch.rules)
        self._host.link_changed()

    def _ready(self, connection: Connection) -> None:
        before = self._session.connection
        if before is not None and any(model.id == before.model.id for model in connection.models):
            connection = switch_model(connection, before.model.id, rules=self._session.launch.rules)
        self._session.connection = connection
        self._set(Phase.READY)

    async def _while_alive(self, endpoint: FullEndpoint) -> None:
        while self._is_ready():
            await self._nap(WATCH_S)
            if not await endpoint.alive():
                return

    def _is_ready(self) -> bool:
        return self.phase is Phase.READY

    async def _until_alive(self, endpoint: FullEndpoint) -> None:
        told: Fault | None = None
        while not await endpoint.alive():
            # A broken tunnel mends itself; what it says may be that only the user can.
            trouble = None if self.target is None else self._session.kit.tunnels.trouble(self.target)
            if trouble is not None and trouble != told:
                told = trouble
                self._host.link_failed(trouble)
            await self._sleep(RETRY_S)

    async def _nap(self, seconds: float) -> None:
        self._wake.clear()
        nap = asyncio.ensure_future(self._sleep(seconds))
        wake = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait({nap, wake}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            wake.cancel()

    def _set(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self._host.link_changed()

    async def _close(self) -> None:
        if self._endpoint is not None:
            await self._endpoint.aclose()
            self._endpoint = None

    async def aclose(self) -> None:
        """Close the connection."""
        await self._close()
