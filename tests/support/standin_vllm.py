"""A program that behaves as a vLLM server does when it starts, fails and ends; run with the name of a part to play.

Parts: `serves`, `stubborn` (does not heed SIGTERM), `hangs` (never ready), `waits FILE` (ready once it is there),
`fails`, and `replays LOG CODE`, which
writes a captured log and ends with the code, or serves or hangs where that is `serve` or `hang`. `--family` adds
children that hide.
"""

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

FAILED = """\
(APIServer pid=1) WARNING 11-22 02:44:30 [utils.py:1] OSError: [Errno 24] of no consequence
(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] ValueError: the model does not fit
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}"""
SLEEPER = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        key = os.environ.get("VLLM_API_KEY")
        if self.path == "/health":
            self.answer(200, b"")
        elif self.path != "/v1/models":
            self.answer(404, b"{}")
        elif key and self.headers.get("authorization") != f"Bearer {key}":
            self.answer(401, b'{"error":"Unauthorized"}')
        else:
            model = {"id": flag("--served-model-name", "standin"), "object": "model", "max_model_len": 4096}
            self.answer(200, json.dumps({"object": "list", "data": [model]}).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name for it
        pass


def flag(name: str, default: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def hide() -> None:
    """Start one in a session of its own, and one whose parent is gone; neither heeds SIGTERM."""
    own = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    say("own", str(own.pid))
    daemon = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPER!r}], stdout=-3).pid)"
    command = [sys.executable, "-c", daemon]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, start_new_session=True, check=True)
    say("daemon", done.stdout.strip())


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
    if "--family" in flags:
        hide()
    if part == "replays":
        sys.stdout.write(Path(flags[0]).read_text(encoding="utf-8"))
        sys.stdout.flush()
        if flags[1].isdigit():
            sys.exit(int(flags[1]))
    if part == "waits":
        while not Path(flags[0]).exists():
            time.sleep(0.02)
    if part == "hangs" or "hang" in flags:
        time.sleep(600)
    HTTPServer(("127.0.0.1", int(flag("--port", "0"))), Api).serve_forever()


if __name__ == "__main__":
    main()
