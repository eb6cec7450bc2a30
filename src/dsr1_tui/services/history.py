"""What both front ends do with kept conversations: list, show, rename, pin, delete, export."""

from dataclasses import replace
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Conversation, Summary, Tree
from dsr1_tui.ports import Conversations
from dsr1_tui.services.export import export_json, export_markdown

__all__ = ["delete", "export_json", "export_markdown", "listed", "pin", "rename", "resolve", "show"]

LISTED: Final = 200
"""How many conversations a list shows where nothing else is asked for."""
TITLE_LIMIT: Final = 200
"""Characters a person may give a title; it is shown on one line."""


async def listed(conversations: Conversations, query: str = "", limit: int = LISTED) -> tuple[Summary, ...]:
    """The kept conversations, pinned ones first, then the last used; only those in which `query` occurs, if given.

    Raises:
        FaultError: (store, store-newer).
    """
    return await conversations.recent(limit, query)


async def resolve(conversations: Conversations, prefix: str) -> ConversationId:
    """The conversation whose id begins with `prefix`; the last used if that is empty.

    Raises:
        FaultError: (not-found) none, or several; (store, store-newer).
    """
    return await conversations.find(prefix)


async def show(conversations: Conversations, prefix: str) -> Tree:
    """A conversation with all its messages, by the beginning of its id.

    Raises:
        FaultError: as `resolve`.
    """
    return await conversations.load(await resolve(conversations, prefix))


async def rename(conversations: Conversations, prefix: str, title: str) -> Conversation:
    """Give a conversation another title (blanks joined, 200 characters at most); its place in the list stays.

    Raises:
        FaultError: (usage) an empty title; else as `resolve`.
    """
    words = " ".join(title.split())[:TITLE_LIMIT].strip()
    if not words:
        raise fail(FaultCode.USAGE, "A conversation needs a title.", "Give at least one word.")
    renamed = replace((await show(conversations, prefix)).conversation, title=words)
    await conversations.put(renamed)
    return renamed


async def pin(conversations: Conversations, prefix: str, *, pinned: bool = True) -> Conversation:
    """Keep a conversation at the top of the list, or no longer.

    Raises:
        FaultError: as `resolve`.
    """
    changed = replace((await show(conversations, prefix)).conversation, pinned=pinned)
    await conversations.put(changed)
    return changed


async def delete(conversations: Conversations, prefix: str) -> Conversation:
    """Remove a conversation for good, and say which it was.

    Raises:
        FaultError: (usage) an empty prefix, which would mean "the last one"; else as `resolve`.
    """
    if not prefix.strip():
        raise fail(FaultCode.USAGE, "Which conversation is to be deleted?", "Give its id or the beginning of it.")
    gone = (await show(conversations, prefix)).conversation
    await conversations.delete(gone.id)
    return gone
