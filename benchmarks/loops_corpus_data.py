"""Honest data and code: tables, JSON, logs, base64, listings; made by rule."""

import base64
import json
from collections.abc import Callable
from random import Random

import loops_corpus_en as en

_NAMES = en.stock("field")
_PLACES = [place.removeprefix("the ").removeprefix("a ") for place in en.stock("place")]


def markdown_table(rng: Random) -> str:
    """A table of up to 150 rows; some columns hardly change."""
    rows = rng.randint(30, 150)
    head = "| No. | Name | Status | Amount | Note |\n|----:|------|--------|-------:|------|\n"
    return head + "\n".join(
        f"| {n} | {rng.choice(_NAMES)} | {rng.choice(('open', 'closed', 'open'))} | {rng.randint(1, 9999) / 100:.2f} | "
        f"{rng.choice(('', 'n/a', 'see above', 'yes'))} |"
        for n in range(1, rows)
    )


def same_table(rng: Random) -> str:
    """A table whose rows differ in their number alone."""
    return "| Week | Task | Done |\n|---|---|---|\n" + "\n".join(
        f"| {n} | {rng.choice(_NAMES)} | no |" if rng.random() < 0.1 else f"| {n} | review | no |"
        for n in range(1, rng.randint(40, 104))
    )


def json_records(rng: Random) -> str:
    """An array of objects with the same keys."""
    return json.dumps(
        [
            {
                "id": n,
                "name": rng.choice(_NAMES),
                "active": rng.random() < 0.9,
                "parent": None,
                "tags": [],
                "price": rng.randint(1, 500) / 10,
            }
            for n in range(rng.randint(15, 150))
        ],
        indent=rng.choice((None, 2)),
    )


def json_flat(rng: Random) -> str:
    """An array that is mostly zeros and nulls."""
    values = [rng.choice((0, 0, 0, None, 1)) for _ in range(rng.randint(150, 600))]
    return "```json\n" + json.dumps({"grid": values, "mask": [0] * rng.randint(50, 300)}) + "\n```"


def csv_rows(rng: Random) -> str:
    """Comma-separated values."""
    return "date,place,value,unit\n" + "\n".join(
        f"2024-{n // 28 % 12 + 1:02}-{n % 28 + 1:02},{rng.choice(_PLACES)},{rng.gauss(20, 5):.1f},C"
        for n in range(rng.randint(30, 300))
    )


def log(rng: Random) -> str:
    """A server's log: every line of the same form."""
    return "\n".join(
        f"2024-05-01T12:{n // 60 % 60:02}:{n % 60:02} INFO server request {1000 + n} from 10.0.0.{rng.randint(2, 9)} "
        f"handled in {rng.randint(1, 90)} ms"
        for n in range(rng.randint(30, 300))
    )


def test_output(rng: Random) -> str:
    """What a test runner prints."""
    return "\n".join(
        f"tests/test_{rng.choice(_NAMES)}.py::test_{rng.choice(_NAMES)}_{rng.choice(_NAMES)} PASSED [{n * 5 // 6:3}%]"
        for n in range(1, rng.randint(30, 120))
    )


def blob(rng: Random) -> str:
    """Base64, also of what is mostly zeros."""
    size = rng.randint(700, 6000)
    data = rng.randbytes(size) if rng.random() < 0.6 else bytes(rng.choice((0, 0, 0, 0, 7)) for _ in range(size))
    text = base64.b64encode(data).decode()
    if rng.random() < 0.5:
        return text
    return "\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def hex_dump(rng: Random) -> str:
    """Bytes in hexadecimal, zeros among them."""
    return "\n".join(
        f"{row * 16:08x}  " + " ".join(f"{0 if rng.random() < 0.7 else rng.randrange(256):02x}" for _ in range(16))
        for row in range(rng.randint(20, 150))
    )


def python(rng: Random) -> str:
    """Classes and functions that resemble each other."""
    out = "```python\nimport math\n\n\n" if rng.random() < 0.7 else ""
    for _ in range(rng.randint(5, 50)):
        name, a, b = rng.sample(_NAMES, k=3)
        out += (
            f"def {rng.choice(('get', 'set', 'update', 'check'))}_{name}(self, {a}, {b}=None):\n"
            f'    """Return the {name} of {a}."""\n'
            f"    if {b} is None:\n        {b} = {rng.randint(0, 99)}\n"
            f"    for i in range({rng.randint(2, 64)}):\n        {a} += self.{name}[i] * {b}\n"
            f"    return {rng.choice((a, b, f'math.sqrt({a})', f'{a} + {b}'))}\n\n\n"
        )
    return out


def assertions(rng: Random) -> str:
    """Tests, line after line of the same form."""
    return "```python\n" + "\n".join(
        f"    assert {rng.choice(('add', 'mul'))}({a}, {b}) == {a + b}"
        for a, b in ((rng.randint(0, 50), rng.randint(0, 50)) for _ in range(rng.randint(20, 120)))
    )


def html(rng: Random) -> str:
    """A page with a grid of cells, most of them empty."""
    cells = "".join(
        "  <tr>\n"
        + "".join(f'    <td class="cell">{rng.choice(("", "", "x"))}</td>\n' for _ in range(rng.randint(3, 8)))
        + "  </tr>\n"
        for _ in range(rng.randint(5, 14))
    )
    return (
        f"<!DOCTYPE html>\n<html>\n<head><title>Grid</title></head>\n<body>\n<table>\n{cells}</table>\n</body>\n</html>"
    )


def sql(rng: Random) -> str:
    """Inserts into the same table."""
    return "\n".join(
        f"INSERT INTO {rng.choice(('orders', 'users'))} (id, name, place, amount) VALUES ({n}, '{rng.choice(_NAMES)}', "
        f"'{rng.choice(_PLACES)}', {rng.randint(1, 900)});"
        for n in range(1, rng.randint(15, 150))
    )


def config(rng: Random) -> str:
    """Services of a compose file."""
    out = "services:\n"
    for n in range(rng.randint(5, 40)):
        name = f"{rng.choice(_NAMES)}-{n}"
        out += (
            f"  {name}:\n    image: registry/{name}:{rng.randint(1, 9)}.{rng.randint(0, 20)}\n    restart: always\n"
            f"    environment:\n      - PORT={8000 + n}\n      - LEVEL=info\n    depends_on:\n      - database\n"
        )
    return out


def patch(rng: Random) -> str:
    """A diff that renames things."""
    out = ""
    for n in range(rng.randint(6, 40)):
        old, new = rng.sample(_NAMES, k=2)
        out += (
            f"diff --git a/src/{old}.py b/src/{old}.py\n--- a/src/{old}.py\n+++ b/src/{old}.py\n"
            f"@@ -{n},3 +{n},3 @@\n-    {old} = load({old})\n+    {new} = load({new})\n     return None\n"
        )
    return out


def headings(rng: Random) -> str:
    """An outline with the same sub-headings under each part."""
    return "\n".join(
        f"## Chapter {n}: {rng.choice(_PLACES)}\n\n### Goals\n\n- learn about the {rng.choice(_NAMES)}\n\n"
        f"### Exercises\n\n"
        f"1. Measure the {rng.choice(_NAMES)}.\n2. Explain the {rng.choice(_NAMES)}.\n\n### Summary\n\nSee the "
        f"{rng.choice(_NAMES)} of {rng.choice(_PLACES)}.\n"
        for n in range(1, rng.randint(8, 40))
    )


DATA: dict[str, tuple[Callable[[Random], str], int]] = {
    "markdown_table": (markdown_table, 8),
    "same_table": (same_table, 4),
    "json_records": (json_records, 6),
    "json_flat": (json_flat, 4),
    "csv": (csv_rows, 6),
    "log": (log, 6),
    "test_output": (test_output, 4),
    "base64": (blob, 8),
    "hex": (hex_dump, 4),
    "python": (python, 8),
    "assertions": (assertions, 4),
    "html": (html, 4),
    "sql": (sql, 5),
    "config": (config, 4),
    "patch": (patch, 4),
    "headings": (headings, 4),
}
