"""The recordings that come with the program, read from its package data when the demo is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from dsr1_tui.adapters.demo.transcript import Sample, Transcript, parse


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """One question the demo can answer."""

    title: str
    """A few words on what it shows."""
    text: str
    """The question to send."""


def load() -> tuple[Transcript, ...]:
    """All transcripts, in the order of their file names.

    Raises:
        TranscriptError: a file is not a transcript.
    """
    folder = files("dsr1_tui.adapters.demo") / "transcripts"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return tuple(parse(file.name.removesuffix(".md"), file.read_text(encoding="utf-8")) for file in found)


def questions() -> tuple[DemoQuestion, ...]:
    """The recorded questions, for a list of suggestions."""
    return tuple(DemoQuestion(item.title, item.question) for item in load())


def unknown(transcripts: Sequence[Transcript]) -> Transcript:
    """The reply to any question that was not recorded: says so, and lists the ones that were."""
    listed = "\n".join(f"- {item.question} *({item.title})*" for item in transcripts)
    answer = (
        "This is a recording, so I cannot answer new questions: no model is running behind this demo. "
        "Its conversations were written by hand in the manner of DeepSeek-R1.\n\n"
        "这是录制的演示，没有模型在运行，无法回答新的问题。\n\n"
        f"The questions it has are:\n\n{listed}\n\n"
        "To ask anything else, connect to a server or start vLLM from the start screen."
    )
    return Transcript(name="unknown", title="not recorded", question="", samples=(Sample("", answer),))
