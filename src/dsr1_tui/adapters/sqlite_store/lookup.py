"""Which conversation a person means by the first characters of its id; in words when it is none or several."""

import itertools
from collections.abc import Sequence
from typing import Final

from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.ids import ConversationId

LIST_HINT: Final = "`dsr1-chat history list` shows what is kept."
_MOST_SHOWN: Final = 5


def normal(prefix: str) -> str:
    """The prefix as ids are written: no blanks around it, lower case."""
    return prefix.strip().lower()


def chosen(prefix: str, candidates: Sequence[ConversationId]) -> ConversationId:
    """The one candidate, all of which begin with `prefix`.

    Raises:
        FaultError: (not-found) if there is none or more than one; the latter lists prefixes that are enough.
    """
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise fail(FaultCode.NOT_FOUND, f"No conversation's id begins with “{_shortened(prefix)}”.", LIST_HINT)
    enough = _telling_apart(sorted(candidates))
    shown = ", ".join(enough[:_MOST_SHOWN])
    more = f" and {len(enough) - _MOST_SHOWN} more" if len(enough) > _MOST_SHOWN else ""
    raise fail(
        FaultCode.NOT_FOUND,
        f"{len(candidates)} conversations begin with “{prefix}”: {shown}{more}.",
        "Type more of the id.",
    )


def no_conversation(conversation_id: ConversationId) -> FaultError:
    """The fault for an id that is not (or no longer) kept."""
    return fail(FaultCode.NOT_FOUND, f"There is no conversation {_shortened(conversation_id)}.", LIST_HINT)


def deleted_meanwhile() -> FaultError:
    """The fault for a message that is no longer kept, because its conversation was deleted while it streamed."""
    return fail(FaultCode.NOT_FOUND, "This conversation was deleted meanwhile, so its answer is not kept.")


def none_yet() -> FaultError:
    """The fault where the last conversation is asked for and there is none."""
    return fail(FaultCode.NOT_FOUND, "No conversation is kept yet.", "`dsr1-chat` begins one.")


def _telling_apart(ids: Sequence[ConversationId]) -> list[str]:
    """The shortest beginnings, all of one length, that tell sorted ids apart."""
    length = 1
    for left, right in itertools.pairwise(ids):
        same = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
        length = max(length, same + 1)
    return [one[:length] for one in ids]


def _shortened(text: str) -> str:
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return printable if len(printable) <= 40 else printable[:39] + "…"  # noqa: PLR2004  an id has 36 characters
