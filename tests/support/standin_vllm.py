"""A program that behaves as a vLLM server does when it starts, fails and ends; run with the name of a part to play."""

import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

FAILED = """\
(APIServer pid=1) WARNING 11-22 02:44:30 [utils.py:1] OSError: [Errno 24] of no consequence
(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] ValueError: the model does not fit
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}"""


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name for it
        pass


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    part = sys.argv[1]
    flags = sys.argv[2:]
    say("flags", *flags)
    if part == "fails":
        sys.exit(FAILED)
    if part == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The engine's core, which outlives a server that is killed.
    core = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    say("core", str(core.pid))
    if part == "hangs":
        time.sleep(600)
    HTTPServer(("127.0.0.1", int(flags[flags.index("--port") + 1])), Health).serve_forever()


if __name__ == "__main__":
    main()
