import os
import pty

import pytest

from dsr1_tui.adapters.terminal import write_to_terminal


def test_a_sequence_reaches_the_terminal_as_it_is() -> None:
    ours, theirs = pty.openpty()
    write_to_terminal("\x1b]52;c;YQ==\x07", os.ttyname(theirs))
    assert os.read(ours, 100) == b"\x1b]52;c;YQ==\x07"
    os.close(ours)
    os.close(theirs)


def test_no_terminal_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        write_to_terminal("x", "/dev/no-such-terminal")
