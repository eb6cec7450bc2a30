"""What went wrong between here and the server, read off the HTTP client's exceptions, as one plain `Fault`."""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from dsr1_tui.adapters.openai_api.faults import UP_HINT, Scene, broken, not_an_api, silent
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.target import Target

_DIRECT_HINT: Final = "Set NO_PROXY for this host, correct the proxy, or go through an SSH tunnel."


def bypasses(target: Target) -> bool:
    """Whether the target is reached without a proxy: loopback and tunnels always, others where NO_PROXY names them."""
    parts = urlsplit(target.base_url)
    return target.bypasses_proxy or bool(proxy_bypass(parts.netloc)) or bool(proxy_bypass(parts.hostname or ""))


def proxy_of(target: Target) -> str | None:
    """Host and port of the proxy in force for the target, without its password."""
    if bypasses(target):
        return None
    proxies = getproxies()
    url = proxies.get(urlsplit(target.base_url).scheme) or proxies.get("all")
    if not url:
        return None
    return urlsplit(url if "://" in url else f"http://{url}").netloc.rpartition("@")[2]


def setup_fault(error: Exception, scene: Scene) -> Fault:
    """Why no client could be made: the proxy or the certificates that the environment names."""
    match error:
        case ImportError():
            what = f"The environment's proxy for {scene.where} is a SOCKS proxy, which dsr1-chat cannot use."
            return Fault(FaultCode.PROXY, what, _DIRECT_HINT)
        case OSError():  # ssl.SSLError is one
            return Fault(FaultCode.CONFIG, "The certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read.")
        case _:
            what = f"The environment's proxy setting for {scene.where} cannot be used."
            return Fault(FaultCode.PROXY, what, _DIRECT_HINT)


def fault_before_answer(
    error: Exception, scene: Scene, target: Target, *, inactivity_s: float, connect_s: float
) -> Fault:
    """Why no response came at all."""
    chain = tuple(_chain(error))
    if any(isinstance(e, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError) for e in chain):
        proxy = proxy_of(target)
        if proxy is not None:
            what = f"The proxy {proxy} does not lead to {scene.where}."
            return Fault(FaultCode.PROXY, what, _DIRECT_HINT)
        return _no_connection(chain, scene, connect_s)
    if any(isinstance(e, httpx2.ReadTimeout | httpx2.WriteTimeout) for e in chain):
        return silent(scene, inactivity_s)
    if any(isinstance(e, httpx2.RemoteProtocolError) and "disconnected" not in str(e) for e in chain):
        return not_an_api(scene, "not in HTTP")
    if any(isinstance(e, httpx2.InvalidURL | UnicodeError) for e in chain):
        return Fault(FaultCode.UNREACHABLE, f"{scene.where} is not an address.", UP_HINT)
    return broken(scene, "broke off before an answer began")


def fault_in_answer(error: Exception, scene: Scene, inactivity_s: float) -> Fault:
    """Why the response ended before its end."""
    if any(isinstance(e, httpx2.ReadTimeout) for e in _chain(error)):
        return silent(scene, inactivity_s)
    return broken(scene)


def _no_connection(chain: tuple[BaseException, ...], scene: Scene, connect_s: float) -> Fault:
    where = scene.where
    host = where.rpartition(":")[0] or where
    for error in chain:
        match error:
            case socket.gaierror(errno=socket.EAI_AGAIN):
                return Fault(FaultCode.UNREACHABLE, f"The name {host} cannot be looked up now.", "Is the network up?")
            case socket.gaierror():
                return Fault(FaultCode.UNREACHABLE, f"There is no host called {host}.", "Is the name right?")
            case ssl.SSLCertVerificationError():
                why = scene.quote(error.verify_message)
                return Fault(
                    FaultCode.UNREACHABLE,
                    f"The certificate of {where} is not trusted: {why}.",
                    "SSL_CERT_FILE names more.",
                )
            case ssl.SSLError():
                return Fault(FaultCode.UNREACHABLE, f"{where} does not speak TLS.", "Try http:// in place of https://.")
            case httpx2.ConnectTimeout():
                return Fault(FaultCode.UNREACHABLE, f"{where} did not answer within {connect_s:g} seconds.", UP_HINT)
            case OSError(errno=int(number)) if number not in {errno.ECONNREFUSED, 0}:
                return Fault(FaultCode.UNREACHABLE, f"{where} cannot be reached: {os.strerror(number)}.", UP_HINT)
            case _:
                pass
    return Fault(FaultCode.UNREACHABLE, f"Nothing answers at {where}.", UP_HINT)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that it came from, groups opened."""
    seen: set[int] = set()
    left = [error]
    while left:
        current = left.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        left += [current.__context__, current.__cause__]
        if isinstance(current, BaseExceptionGroup):
            left += current.exceptions
