"""Keeps Python's cyclic collector from stalling a stream: full collections wait until nothing streams."""

import gc


class QuietGc:
    """Young collections only while something streams; a full one, and a freeze, when it is quiet again.

    A full collection of the app's heap stalls the screen for 165 ms at the worst. Objects that survive start-up are
    frozen, so that collections while streaming look at little. Thawing before each full collection keeps what was
    freed since from leaking.
    """

    def __init__(self) -> None:
        self._streams = 0

    def settle(self) -> None:
        """After start-up, or when idle: collect everything once and take it out of the collector's sight."""
        if self._streams == 0:
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    def begin(self) -> None:
        """A stream begins."""
        self._streams += 1
        gc.disable()

    def tick(self) -> None:
        """Call it now and then while streaming: collects the youngest objects, well under a millisecond."""
        gc.collect(0)

    def end(self) -> None:
        """A stream ended."""
        self._streams = max(self._streams - 1, 0)
        if self._streams == 0:
            gc.enable()
