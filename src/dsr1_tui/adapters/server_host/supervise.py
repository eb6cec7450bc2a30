"""The script that a supervisor is started by: it makes this package known to an interpreter started with `-I -S`."""

import sys
from pathlib import Path

# Last, so that nothing which lies beside this package can stand in for a module of the standard library.
sys.path.append(str(Path(__file__).resolve().parents[3]))

from dsr1_tui.adapters.server_host.supervisor import main

if __name__ == "__main__":
    main()
