"""What the services need from the world, as small Protocols; adapters and test fakes satisfy them."""

from dsr1_tui.ports.bench import BenchRuns, RunLog
from dsr1_tui.ports.chat import Clock, Endpoint, EndpointOpener, Extras, FullEndpoint
from dsr1_tui.ports.doctor import EndpointProbe, EndpointProber, EngineWatch, Hardware, StoreReader, TerminalReader
from dsr1_tui.ports.engine import Ended, EngineHome, EngineHost, Line
from dsr1_tui.ports.machine import Clipboard, Machine, ServerProbe
from dsr1_tui.ports.server import LogPart, OwnServers, PortOwner, ServerDoor, ServerHost, ServerLogs, ServerState
from dsr1_tui.ports.ssh import Tunnels
from dsr1_tui.ports.store import Conversations, Messages
from dsr1_tui.ports.tokens import Tokenizers
from dsr1_tui.ports.vote import Judge

__all__ = [
    "BenchRuns",
    "Clipboard",
    "Clock",
    "Conversations",
    "Ended",
    "Endpoint",
    "EndpointOpener",
    "EndpointProbe",
    "EndpointProber",
    "EngineHome",
    "EngineHost",
    "EngineWatch",
    "Extras",
    "FullEndpoint",
    "Hardware",
    "Judge",
    "Line",
    "LogPart",
    "Machine",
    "Messages",
    "OwnServers",
    "PortOwner",
    "RunLog",
    "ServerDoor",
    "ServerHost",
    "ServerLogs",
    "ServerProbe",
    "ServerState",
    "StoreReader",
    "TerminalReader",
    "Tokenizers",
    "Tunnels",
]
