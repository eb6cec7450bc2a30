"""Runs ssh for as long as the program lives that started this: a script of its own, standard library only.

The program holds the other end of stdin and writes nothing. When that pipe closes, because the program ended in any way
(SIGKILL too), ssh is ended and its socket removed. The kernel's parent-death signal would serve on Linux alone, and
fires when the starting thread ends.

Called as `python -I -S ssh_keeper.py SOCKET ssh ARGUMENT…`; exits as ssh does.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

GRACE_S = 2.0
"""What ssh has for ending by itself."""


def main(arguments: list[str]) -> int:
    """Run the command behind the socket's path until it ends or stdin does; its exit code."""
    socket, command = Path(arguments[0]), arguments[1:]
    # ctrl+c is the program's to judge: an answer that is being stopped still comes through the tunnel. ssh inherits it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ssh = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603  what we were given
    abandoned = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ssh.terminate()

    def watch() -> None:
        while True:
            with contextlib.suppress(InterruptedError):
                if not os.read(0, 1):
                    break
        abandoned.set()
        ssh.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            ssh.wait(GRACE_S)
            return
        ssh.kill()

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, end)
    threading.Thread(target=watch, daemon=True).start()
    code = ssh.wait()
    if abandoned.is_set():  # nobody comes back for the folder
        with contextlib.suppress(OSError):
            socket.unlink(missing_ok=True)
            socket.parent.rmdir()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
