"""Feeds new text to an answer on the screen: the same for the chat and for a sample on a page of its own."""

from dsr1_tui.tui.transcript.message_view import AnswerView
from dsr1_tui.tui.transcript.view import TranscriptView


def grow(transcript: TranscriptView, view: AnswerView, reasoning: str, answer: str) -> bool:
    """Show more of `view`, the transcript's last message; whether its answer begins with this.

    Where it does, the caller brings the heading up to date and calls `section_changed`; else all is painted.
    """
    document = transcript.document
    if reasoning:
        view.feed_reasoning(reasoning)
    begins = bool(answer.strip()) and view.begin_answer()
    made = view.feed_answer(answer) if answer else []
    if made:
        transcript.add_sections(view, made, [])
    if begins:
        return True
    if reasoning:
        document.changed(document.index_of(view.reasoning))
    document.changed_from_last(len(made) + 1)
    transcript.refresh_rows()
    return False
