"""A box of one's own: a private sshd on loopback, run as the current user, and an `ssh` that knows nothing else.

The client's `~/.ssh` is found by the user database, not by $HOME, so the `ssh` on the tests' PATH is a two-line script
that names a config of its own. There `box` is the sshd with its host key known, `stranger` the same with an unknown
one, `behind` the same once more through `box` as a jump host, and `intruder` comes with a key that is not let in.
"""

import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.cli import clean_environ

PATIENCE_S = 30.0
MISSING = "sshd is not installed: install OpenSSH's server (Debian: apt-get install openssh-server)."
_SBIN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/sbin")


def find_sshd() -> str:
    """sshd by its absolute path, without which it refuses to run; installed first where that is ours to do."""
    path = os.pathsep.join((*_SBIN, os.environ.get("PATH", "")))
    found = shutil.which("sshd", path=path)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get") is not None:
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "openssh-server"]):
            subprocess.run(["apt-get", *command], env=environ, capture_output=True, check=False)
        found = shutil.which("sshd", path=path)
    return found or pytest.fail(MISSING, pytrace=False)


@dataclass(frozen=True, slots=True)
class Box:
    """A running sshd and the client's side of it."""

    folder: Path
    port: int
    sshd: subprocess.Popen[bytes]

    @property
    def environ(self) -> dict[str, str]:
        """An environment in which `ssh` is ours, with a temporary folder whose socket paths are short enough."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return clean_environ(self.folder, PATH=path, TMPDIR=str(self.folder / "tmp"))

    @property
    def sockets(self) -> list[Path]:
        """What ssh's private folders hold just now."""
        return sorted((self.folder / "tmp").rglob("*"))

    def masters(self) -> list[int]:
        """Process numbers of the `ssh -N` that hold a socket in our folder, and their keepers."""
        said = subprocess.run(["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
        rows = [line.strip().partition(" ") for line in said.stdout.splitlines()]
        return [int(pid) for pid, _, args in rows if str(self.folder / "tmp") in args and "ControlMaster" in args]

    def drop(self) -> None:
        """End every connection, as a restart of the box would: the processes that serve them die."""
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)

    def children(self) -> list[int]:
        """The sshd processes that serve a connection."""
        said = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in said.stdout.splitlines()]
        found = [self.sshd.pid]
        for parent in found:
            found += [pid for pid, ppid in pairs if ppid == parent]
        return found[1:]

    def all_gone(self, limit_s: float = 10.0) -> bool:
        """Whether no ssh process of ours and no socket is left, within the time given."""
        return eventually(lambda: not self.masters() and not self.sockets, limit_s)

    def reject_keys(self) -> None:
        """Let nobody in from now on."""
        (self.folder / "authorized_keys").write_text("")


def eventually(what: object, limit_s: float = PATIENCE_S) -> bool:
    """Whether a condition comes true within the time given."""
    assert callable(what)
    until = time.monotonic() + limit_s
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def running_box(folder: Path, *, passphrase: str = "", options: str = "") -> Iterator[Box]:
    """An sshd that lets in one fresh key (kept under `passphrase`, if any)."""
    sshd = find_sshd()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("bin", "tmp"):
        (folder / name).mkdir(mode=0o700)
    for name, secret in (("host_key", ""), ("user_key", passphrase), ("wrong_key", "")):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", secret, "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    port = _free_port()
    _write_server_config(folder, port, options)
    _write_client_config(folder, port)
    if os.geteuid() == 0:  # where sshd shuts itself in before it knows who asks
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    command = [sshd, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    box = Box(folder, port, process)
    try:
        if not eventually(lambda: process.poll() is not None or _listens(port)) or process.poll() is not None:
            pytest.fail(f"sshd did not start: {(folder / 'sshd.log').read_text()}", pytrace=False)
        yield box
    finally:
        box.drop()
        process.kill()
        process.wait()


def _write_server_config(folder: Path, port: int, options: str) -> None:
    (folder / "sshd_config").write_text(
        f"{options}\nPort {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host_key'}\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nPidFile none\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nMaxStartups 100\n"
    )


def _write_client_config(folder: Path, port: int) -> None:
    kind, key, *_ = (folder / "host_key.pub").read_text().split()
    (folder / "known_hosts").write_text(f"box {kind} {key}\n")
    user = pwd.getpwuid(os.geteuid()).pw_name
    (folder / "ssh_config").write_text(
        "Host box\nHostKeyAlias box\nHost stranger\nHostKeyAlias stranger\n"
        f"Host intruder\nHostKeyAlias box\nIdentityFile {folder / 'wrong_key'}\n"
        "Host behind\nHostKeyAlias box\nProxyJump box\n"
        f"Host box stranger behind\nIdentityFile {folder / 'user_key'}\n"
        f"Host box stranger intruder behind\nHostName 127.0.0.1\nPort {port}\nUser {user}\n"
        f"Host *\nIdentitiesOnly yes\nIdentityAgent none\nUserKnownHostsFile {folder / 'known_hosts'}\n"
        "GlobalKnownHostsFile /dev/null\nUpdateHostKeys no\n"
    )
    real = shutil.which("ssh") or pytest.fail("ssh is not installed.", pytrace=False)
    script = folder / "bin" / "ssh"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(real)} -F {shlex.quote(str(folder / "ssh_config"))} "$@"\n')
    script.chmod(0o755)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
