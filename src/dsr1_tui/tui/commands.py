"""Every command of the chat, in one table."""

from typing import Final

from dsr1_tui.tui.command import Area, Command

_C = Command

COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="send", action="send", title="send", help="Send the question.", area=Area.CHAT, key_label="enter"),
    _C(id="newline", action="newline", title="newline", help="Begin a new line (also shift+enter, alt+enter).",
       area=Area.CHAT, key_label="ctrl+j"),
    _C(id="editor", action="edit_outside", title="editor", help="Write the question in $EDITOR.", area=Area.CHAT,
       keys=("ctrl+g",), slash="editor", priority=True),
    _C(id="stop", action="stop", title="stop", help="Stop the answer; what has come is kept.", area=Area.ANSWER,
       keys=("escape",), slash="stop", footer=100, priority=True),
    _C(id="answer-now", action="answer_now", title="answer now",
       help="Close the thinking and have it answer from what it has.", area=Area.ANSWER, keys=("f5",), slash="answer",
       footer=75, priority=True),
    _C(id="continue", action="continue", title="go on", help="Let an answer that was cut off go on where it ended.",
       area=Area.ANSWER, keys=("f8",), slash="continue", footer=74, priority=True),
    _C(id="fold", action="fold", title="thinking", help="Fold or unfold the thinking.", area=Area.ANSWER,
       keys=("ctrl+t",), slash="thinking", footer=60, priority=True),
    _C(id="end", action="to_end", title="newest", help="Go to the end and follow it.", area=Area.ANSWER,
       keys=("ctrl+end", "ctrl+down"), slash="end", priority=True),
    _C(id="page-up", action="page(-1)", title="page up", help="Scroll up a page.", area=Area.CHAT,
       keys=("pageup", "shift+pageup"), priority=True),
    _C(id="page-down", action="page(1)", title="page down", help="Scroll down a page.", area=Area.CHAT,
       keys=("pagedown", "shift+pagedown"), priority=True),
    _C(id="top", action="to_top", title="beginning", help="Go to the beginning.", area=Area.CHAT,
       keys=("ctrl+home",), priority=True),
    _C(id="focus-up", action="focus_message(-1)", title="message above",
       help="Focus the message above; then single letters act on it.", area=Area.MESSAGE, keys=("ctrl+up", "shift+tab"),
       priority=True, slash="messages"),
    _C(id="copy", action="copy_message", title="copy", help="Copy the message's source.", area=Area.MESSAGE,
       keys=("c",), slash="copy"),
    _C(id="copy-box", action="copy_box", title="copy box", help="Copy the final boxed value.", area=Area.MESSAGE,
       keys=("b",), slash="box"),
    _C(id="copy-code", action="copy_code", title="copy code", help="Copy the last code block.", area=Area.MESSAGE,
       keys=("k",), slash="code"),
    _C(id="raw", action="raw", title="raw source", help="Switch the answer between rendered and source.",
       area=Area.MESSAGE, keys=("r",), slash="raw"),
    _C(id="again", action="again", title="ask again", help="Answer the last question once more, as a sibling.",
       area=Area.MESSAGE, keys=("a",), slash="again"),
    _C(id="sibling", action="sibling(1)", title="other answer", help="Show the next answer to the same question.",
       area=Area.MESSAGE, keys=("right_square_bracket",), key_label="]", slash="next"),
    _C(id="sibling-back", action="sibling(-1)", title="answer before", help="Show the answer before this one.",
       area=Area.MESSAGE, keys=("left_square_bracket",), key_label="[", slash="previous"),
    _C(id="edit", action="edit_question", title="edit", help="Take the question back to ask it differently.",
       area=Area.MESSAGE, keys=("e",), slash="edit"),
    _C(id="history", action="history", title="history", help="Find and open an earlier conversation.",
       area=Area.CONVERSATION, keys=("ctrl+r",), slash="history", footer=70, priority=True),
    _C(id="new", action="new", title="new", help="Begin a new conversation.", area=Area.CONVERSATION,
       keys=("ctrl+n",), slash="new", footer=40, priority=True),
    _C(id="settings", action="toggle_panel", title="settings", help="Open or close the generation settings.",
       area=Area.MODEL, keys=("f2", "ctrl+o"), slash="settings", footer=80, priority=True),
    _C(id="set", action="set", title="set", help="Change one setting: /set temperature 0.7.", area=Area.MODEL,
       slash="set"),
    _C(id="preset", action="preset", title="preset", help="Choose what the chat is for: /preset math.",
       area=Area.MODEL, slash="preset"),
    _C(id="instructions", action="instructions", title="instructions",
       help="Standing instructions of this conversation: /instructions Answer in French.", area=Area.MODEL,
       slash="instructions"),
    _C(id="think", action="think", title="force thinking",
       help="Make it think: /think again, prefill, newline-before or -after, off.", area=Area.MODEL, slash="think"),
    _C(id="loop", action="loop", title="on a loop", help="What to do on a loop: /loop tell, stop, answer or retry.",
       area=Area.MODEL, slash="loop"),
    _C(id="budget", action="budget", title="thinking budget",
       help="Tokens (or seconds) of thought before it must answer: /budget 2048, /budget 30s, /budget off.",
       area=Area.MODEL, slash="budget"),
    _C(id="shorten", action="shorten", title="shorten", help="Leave the oldest turns out of what is sent.",
       area=Area.CONVERSATION, slash="shorten"),
    _C(id="prompt", action="prompt", title="what the model sees",
       help="The prompt as it is sent, part by part, with token counts.", area=Area.MODEL, keys=("f7",), slash="prompt",
       priority=True),
    _C(id="model", action="model", title="model", help="Talk to another model or LoRA adapter of this endpoint.",
       area=Area.MODEL, keys=("f3",), slash="model", priority=True),
    _C(id="connect", action="connect", title="connect", help="Connect to another endpoint.", area=Area.MODEL,
       keys=("f6",), slash="connect", priority=True),
    _C(id="palette", action="palette", title="commands", help="Find any command by name.", area=Area.APP,
       keys=("ctrl+p",), footer=50, priority=True),
    _C(id="help", action="help", title="help", help="All keys and commands.", area=Area.APP, keys=("f1",),
       slash="help", footer=90, priority=True),
    _C(id="quit", action="leave", title="quit", help="Leave; the command that comes back here is printed.",
       area=Area.APP, keys=("ctrl+q",), slash="quit", footer=30, priority=True),
)  # fmt: skip

BY_SLASH: Final = {command.slash: command for command in COMMANDS if command.slash}


def slash_matches(typed: str) -> list[Command]:
    """Commands whose slash name begins with what was typed after the slash."""
    word = typed.removeprefix("/").split(" ", 1)[0].lower()
    return [command for command in COMMANDS if command.slash and command.slash.startswith(word)]
