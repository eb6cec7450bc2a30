"""A program that starts the stand-in as a server, says its record's id, and waits to be killed; `keep` or `keep-later`.

Arguments: the state dir, a port, `end` or `keep` or `keep-later`, then the stand-in's.
"""

import sys
import time
from pathlib import Path

from support.server_stage import ServerStage, standin_plan


def main() -> None:
    folder, port, fate, part, *flags = sys.argv[1:]
    host = ServerStage(Path(folder)).host()
    record = host.launch(standin_plan(part, *flags, port=int(port)), keep=fate == "keep")
    if fate == "keep-later":
        host.keep(record)
    sys.stdout.write(record.id + "\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main()
