"""The yardstick for many samples: a bare openai client that takes a request with `n` and prints what comes.

It waits for Enter before it asks and again before it ends. `typed` and `raw` as in `stream_bare.py`.

    python benchmarks/fanout_bare.py raw http://127.0.0.1:9101/v1 64 16
"""

import json
import sys
from collections.abc import Iterator

from openai import OpenAI
from stream_bare import READY

QUESTION = "Pick a number."


def typed(client: OpenAI, model: str, samples: int, every: int) -> Iterator[str]:
    """As the client's own documentation streams: every chunk a pydantic object."""
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        n=samples,
        extra_body={"stream_interval": every},
    )
    for chunk in stream:
        for choice in chunk.choices:
            yield getattr(choice.delta, "reasoning", None) or choice.delta.content or ""


def raw(client: OpenAI, model: str, samples: int, every: int) -> Iterator[str]:
    """The client's connection, but its lines read as JSON by ourselves."""
    create = client.chat.completions.with_streaming_response.create
    with create(
        model=model,
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        n=samples,
        extra_body={"stream_interval": every},
    ) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    yield choice["delta"].get("reasoning") or choice["delta"].get("content") or ""


def main() -> None:
    kind, base_url, samples, every = sys.argv[1:]
    client = OpenAI(base_url=base_url, api_key="none")
    model = client.models.list().data[0].id
    print(READY, flush=True)
    input()
    for text in (typed if kind == "typed" else raw)(client, model, int(samples), int(every)):
        if text:
            print(text, end="", flush=True)
    print(f"\n{samples} votes", flush=True)
    input()


if __name__ == "__main__":
    main()
