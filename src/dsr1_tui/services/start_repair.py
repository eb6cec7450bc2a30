"""Mends what a log tells of a failed start by what can be seen here: a port that is free, a hub that answers."""

import asyncio
from dataclasses import replace

from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.domain.server.hub import HUB, hub_of, is_offline, way_out
from dsr1_tui.services.plan_serve import PlanPorts, Settled
from dsr1_tui.services.serve import ServePorts


async def repaired(ports: ServePorts, planner: PlanPorts, settled: Settled, why: Diagnosis) -> Diagnosis:
    """The diagnosis of a failed start, with flags that work on this machine now.

    Args:
        ports: looks for a free port.
        planner: looks at the hub.
        settled: the start that failed.
        why: what its log tells.

    Raises:
        FaultError: (server-start) no port is free.
    """
    match why.code:
        case StartCode.PORT_IN_USE:
            free = await asyncio.to_thread(ports.door.free_port, settled.plan.port)
            if free == settled.plan.port:  # whoever had it has gone
                return replace(why, remedy="The port is free again: start it once more.", flags=())
            return replace(why, flags=(FlagChange(flag="--port", value=str(free)),))
        case StartCode.HUB_OFFLINE:
            return await asyncio.to_thread(_at_hub, planner, settled, why)
        case _:
            return why


def _at_hub(planner: PlanPorts, settled: Settled, why: Diagnosis) -> Diagnosis:
    profile = settled.profile
    model = planner.read_model(profile.model or settled.model.model)  # a part may have been downloaded meanwhile
    told, other = "", False
    if planner.hub is not None and not is_offline(profile, planner.environ):
        endpoint = hub_of(profile, planner.environ)
        told = planner.hub(endpoint)
        other = bool(told) and endpoint != HUB and not planner.hub(HUB)
        if not told and not model.whole:
            return why  # it answers, so that it is something else
    elif not profile.offline and not model.whole:
        return why  # its own variable says so, which the log's remedy names
    hint, flags = way_out(model, profile, other_hub=other)
    return replace(why, cause=f"{why.cause} {told}".strip(), remedy=hint, flags=flags)
