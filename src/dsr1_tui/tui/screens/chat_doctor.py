"""The doctor, called from the chat: looks at the endpoint that is talked to, and at this machine."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from dsr1_tui.tui.link import Link
    from dsr1_tui.tui.session import Session


class DoctorActions(Screen[None]):
    """The action of the command `doctor`."""

    if TYPE_CHECKING:
        session: Session
        link: Link

    def action_doctor(self) -> None:
        """Look for what is wrong."""
        from dsr1_tui.services.doctor import examine  # noqa: PLC0415  off the start-up path
        from dsr1_tui.services.doctor_ports import DoctorWish  # noqa: PLC0415  as above
        from dsr1_tui.tui.screens.doctor import DoctorScreen  # noqa: PLC0415  as above

        connection, target = self.session.connection, self.link.target
        if target is not None and target.needs_tunnel:  # nothing is behind the address before its tunnel is open
            target = None
        if target is not None and connection is not None:
            target = replace(target, model=connection.model.id)
        self.app.push_screen(DoctorScreen(partial(examine, self.session.kit.find_doctor(), DoctorWish(target=target))))
