"""What the services need from the world, as small Protocols; adapters and test fakes satisfy them."""

from dsr1_tui.ports.chat import Clock, Endpoint, EndpointOpener, Extras, FullEndpoint
from dsr1_tui.ports.engine import Ended, EngineHome, EngineHost, Line, LocalServer
from dsr1_tui.ports.machine import Clipboard, Machine, ServerProbe
from dsr1_tui.ports.store import Conversations, Messages
from dsr1_tui.ports.vote import Judge

__all__ = [
    "Clipboard",
    "Clock",
    "Conversations",
    "Ended",
    "Endpoint",
    "EndpointOpener",
    "EngineHome",
    "EngineHost",
    "Extras",
    "FullEndpoint",
    "Judge",
    "Line",
    "LocalServer",
    "Machine",
    "Messages",
    "ServerProbe",
]
