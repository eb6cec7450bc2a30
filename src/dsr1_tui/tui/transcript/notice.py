"""An error that stands in the transcript where it happened, until it is read."""

from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.tui.transcript.message_view import MessageView, fault_section


class NoticeView(MessageView):
    """A fault beside the conversation: it is shown, not kept."""

    def __init__(self, fault: Fault) -> None:
        shown = Message(
            id=MessageId(""),
            conversation_id=ConversationId(""),
            parent_id=None,
            role=MessageRole.ASSISTANT,
            content=fault.line,
            created=0.0,
            updated=0.0,
        )
        super().__init__(shown)
        self.sections = [fault_section(fault)]
