"""The yardstick: a bare openai client that prints what comes and does nothing else.

It waits for Enter before it asks and again before it ends, so that it can be measured exactly as the app is.

    python benchmarks/stream_bare.py typed http://127.0.0.1:9101/v1
"""

import json
import sys

from openai import OpenAI

READY = "READY"


def typed(client: OpenAI, model: str) -> None:
    """As the client's own documentation streams: every chunk a pydantic object."""
    stream = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "Which are the roots?"}], stream=True
    )
    for chunk in stream:
        for choice in chunk.choices:
            text = getattr(choice.delta, "reasoning", None) or choice.delta.content
            if text:
                print(text, end="", flush=True)


def raw(client: OpenAI, model: str) -> None:
    """The client's connection, but its lines read as JSON by ourselves."""
    create = client.chat.completions.with_streaming_response.create
    with create(model=model, messages=[{"role": "user", "content": "Which are the roots?"}], stream=True) as response:
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            for choice in json.loads(line[6:])["choices"]:
                delta = choice["delta"]
                text = delta.get("reasoning") or delta.get("content")
                if text:
                    print(text, end="", flush=True)


def main() -> None:
    kind, base_url = sys.argv[1:]
    client = OpenAI(base_url=base_url, api_key="none")
    model = client.models.list().data[0].id
    print(READY, flush=True)
    input()
    (typed if kind == "typed" else raw)(client, model)
    input()


if __name__ == "__main__":
    main()
