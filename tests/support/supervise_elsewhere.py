"""Starts a supervisor that has neither /proc nor prctl, as on macOS; it finds processes by `ps` alone."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "src"))

from dsr1_tui.adapters.server_host import process_table, supervisor, watch

NOWHERE = Path("/nowhere")

if __name__ == "__main__":
    supervisor._LINUX = watch._LINUX = False  # type: ignore[misc]  # constants of a machine that this one is not
    process_table._PROC = NOWHERE  # type: ignore[misc]  # as above
    supervisor.main()
