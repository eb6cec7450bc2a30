"""Opens the chat; knows nothing of click, so that a bare `dsr1-chat` need not import it."""

import os
import sys
from typing import TYPE_CHECKING

from dsr1_tui.cli.asked import Asked
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.render.safe import safe

if TYPE_CHECKING:
    from dsr1_tui.domain.config import Config
    from dsr1_tui.domain.target import Target
    from dsr1_tui.services.kit import Kit, Launch


def open_chat(asked: Asked) -> int:
    """Show the chat until it is left; its exit code.

    Raises:
        FaultError: (usage, config, ssh) before anything is shown.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = "Without one, ask with: dsr1-chat ask “…”, or … | dsr1-chat ask -."
        raise fail(FaultCode.USAGE, "The chat needs a terminal.", hint)
    kits: list[Kit] = []

    def prepare() -> "tuple[Kit, Launch]":
        from dsr1_tui.services.kit import Launch  # noqa: PLC0415  after the first frame: imports are what a start costs
        from dsr1_tui.wiring import build_kit  # noqa: PLC0415  as above

        kit = build_kit(os.environ, config=asked.config)
        kits.append(kit)
        config = kit.config_file.load()
        if asked.steering.preset is not None:
            config.presets.named(asked.steering.preset)  # a name that is none is told before the chat is shown
        launch = Launch(
            config=config,
            target=_target(asked, config),
            flags=asked.sampling,
            steering=asked.steering,
            rules=asked.rules,
            resume=asked.resume,
            demo=asked.demo,
            keep=asked.keep,
        )
        return kit, launch

    def reached() -> "tuple[Kit, Launch]":
        from dataclasses import replace  # noqa: PLC0415  as in `prepare`

        from dsr1_tui.cli.tunnel import open_tunnel  # noqa: PLC0415  as in `prepare`

        kit, launch = prepare()
        if launch.target is None or not launch.target.needs_tunnel:
            return kit, launch
        return kit, replace(launch, target=open_tunnel(kit, launch.target))

    try:
        # ssh asks in a plain terminal: what may lie behind a tunnel is prepared before the first frame, not after it.
        early = reached() if _may_need_tunnel(asked) else None
        from dsr1_tui.tui.app import run_chat  # noqa: PLC0415  textual takes 0.2 s; no other command may load it

        left = run_chat(prepare if early is None else lambda: early)
    finally:
        import asyncio  # noqa: PLC0415  textual has loaded it; commands that show no screen go without

        for kit in kits:
            asyncio.run(kit.aclose())  # the app's own loop is gone, maybe by a crash; what the store was asked is done
    if left.resumable is not None:
        sys.stdout.write(f"Come back to this conversation with: dsr1-chat --resume {left.resumable}\n")
    for record in left.kept:
        where = record.target.base_url
        sys.stdout.write(
            f"{safe(record.served_name)} runs on at {where}; end it with: dsr1-chat serve stop {record.id}\n"
        )
    return left.code


def _may_need_tunnel(asked: Asked) -> bool:
    """Whether the command line or environment may point behind ssh; the chat opens what only the file names."""
    flags = asked.target
    if flags.ssh is not None or flags.endpoint is not None:
        return True
    address = flags.base_url or os.environ.get("DSR1_BASE_URL", "")
    if asked.demo or "ssh" not in address.lower():
        return False
    from dsr1_tui.domain.ssh import is_ssh  # noqa: PLC0415  as in `prepare`

    return is_ssh(address)


def _target(asked: Asked, config: "Config") -> "Target | None":
    """The endpoint to connect to; none for the demo, which brings its own."""
    from dsr1_tui.services.resolve import resolve_target  # noqa: PLC0415  as in `prepare`

    if asked.demo:
        return None
    resolved = resolve_target(asked.target, os.environ, config)
    return None if resolved is None else resolved.target
