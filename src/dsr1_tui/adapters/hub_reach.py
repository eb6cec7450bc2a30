"""Looks whether the model hub, or a mirror of it, answers from here, within a moment and through the user's proxy."""

import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

LIMIT_S: Final = 2.0
_PROXY_SAYS: Final = frozenset({407, 502, 503, 504})
"""What a proxy answers in place of a server that it does not reach, or does not let one reach."""


def why_out_of_reach(endpoint: str, environ: Mapping[str, str], limit_s: float = LIMIT_S) -> str:
    """Why nothing answers at a hub's address, one sentence; empty where something does. Never raises.

    It waits in a thread of its own: a name that is being looked up knows no time limit.
    """
    try:
        urlsplit(endpoint)
    except ValueError:
        return "What is named as the hub is no address."
    found: list[str] = []
    looking = threading.Thread(target=lambda: found.append(_look(endpoint, environ, limit_s)), daemon=True)
    looking.start()
    looking.join(limit_s + 0.2)
    return found[0] if found else f"{_shown(endpoint)} did not answer within {limit_s:g} s."


def _look(endpoint: str, environ: Mapping[str, str], limit_s: float) -> str:
    where = _shown(endpoint)
    proxy = _proxy_of(endpoint, environ)
    if proxy.startswith("socks"):
        return ""  # not to be told from here
    through = f" (through the proxy {_shown(proxy)})" if proxy else ""
    try:
        request = urllib.request.Request(endpoint, method="HEAD", headers={"User-Agent": "dsr1-chat"})  # noqa: S310  checked next
        if request.type not in {"http", "https"}:
            return f"{where} is not an address of the web."
        proxies = {request.type: proxy} if proxy else {}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _Still())
        with opener.open(request, timeout=limit_s):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        if error.code not in _PROXY_SAYS:
            return ""  # whatever it says, it is there
        name = HTTPStatus(error.code).phrase
        return f"{where}{through} answers {error.code} {name}."
    except TimeoutError:
        return f"{where}{through} did not answer within {limit_s:g} s."
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLError):
            return ""  # it is there; the hub's client may know its certificate
        if isinstance(reason, TimeoutError):
            return f"{where}{through} did not answer within {limit_s:g} s."
        said = (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(reason).__name__
        return f"{where}{through}: {_plain(said)}."


class _Still(urllib.request.HTTPRedirectHandler):
    """Where it would send one is not gone to: that it answers is enough."""

    def redirect_request(self, *_: object) -> None:
        """None."""


def _proxy_of(endpoint: str, environ: Mapping[str, str]) -> str:
    """The proxy that the hub's client would take, by its variables; empty without one."""
    parts = urlsplit(endpoint)
    names = (f"{parts.scheme}_proxy", "all_proxy")
    lower = {name.lower(): value.strip() for name, value in environ.items() if name.lower().endswith("_proxy")}
    # The lower-case form counts where both are there.
    lower |= {name: value.strip() for name, value in environ.items() if name.endswith("_proxy")}
    proxy = next((lower[name] for name in names if lower.get(name)), "")
    host = parts.hostname or ""
    passed = [name.strip().lstrip("*.") for name in lower.get("no_proxy", "").split(",") if name.strip()]
    if not proxy or "" in passed or any(host == one or host.endswith(f".{one}") for one in passed):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _shown(address: str) -> str:
    """An address without what may be a secret in it."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return "?"
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return _plain(f"{parts.hostname or 'the hub'}{port}")


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:120].rstrip(".")
