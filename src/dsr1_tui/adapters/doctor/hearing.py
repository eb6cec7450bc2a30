"""What a streamed answer looks like on the wire: how many chunks, in which fields, how it ended."""

import json
from collections.abc import Mapping
from typing import Final

from dsr1_tui.adapters.openai_api.faults import Scene, fault_of_stream_error
from dsr1_tui.domain.doctor_facts import Heard
from dsr1_tui.domain.fault import FaultError

_FIELDS: Final = ("reasoning", "reasoning_content")


class Hearing:
    """Feed it each payload in order."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._chunks = 0
        self._first_s: float | None = None
        self._field = ""
        self._thought: list[str] = []
        self._content: list[str] = []
        self._finish = ""

    def take(self, payload: bytes, after_s: float) -> None:
        """One payload, and how many seconds after the request it came.

        Raises:
            FaultError: it is an error.
        """
        try:
            chunk: object = json.loads(payload)
        except (ValueError, RecursionError):
            return  # `[DONE]`
        if not isinstance(chunk, dict):
            return
        error = chunk if chunk.get("object") == "error" else chunk.get("error")
        if error:
            raise FaultError(fault_of_stream_error(error, self._scene))
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._choice(choice, after_s)

    def _choice(self, choice: Mapping[str, object], after_s: float) -> None:
        delta = choice.get("delta")
        if isinstance(delta, dict):
            texts = {name: value for name in (*_FIELDS, "content") if isinstance(value := delta.get(name), str)}
            if any(texts.values()):
                self._chunks += 1
                self._first_s = after_s if self._first_s is None else self._first_s
            for name in _FIELDS:
                if texts.get(name):
                    self._field = self._field or name
                    self._thought.append(texts[name])
                    break  # some servers say the same under both names
            self._content.append(texts.get("content", ""))
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            self._finish = reason

    @property
    def heard(self) -> Heard:
        """All of it."""
        return Heard(
            chunks=self._chunks,
            first_s=self._first_s,
            field=self._field,
            thought="".join(self._thought),
            content="".join(self._content),
            finish=self._finish,
        )
