"""Identifiers: time-ordered, so that a sorted list of them is a list in order of creation."""

from typing import NewType

ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)


def uuid7(unix_ms: int, randomness: bytes) -> str:
    """A UUIDv7 (RFC 9562, section 5.7) as text.

    Args:
        unix_ms: milliseconds since the Unix epoch, 48 bits.
        randomness: 10 random bytes; 74 bits of them are used.

    Raises:
        ValueError: if `randomness` is not 10 bytes or the time does not fit.
    """
    if len(randomness) != 10:  # noqa: PLR2004  74 bits, rounded up to bytes
        msg = "uuid7 needs 10 random bytes"
        raise ValueError(msg)
    if not 0 <= unix_ms < 1 << 48:
        msg = "uuid7 needs a time of 48 bits"
        raise ValueError(msg)
    rand = int.from_bytes(randomness)
    value = unix_ms << 80 | 0x7 << 76 | (rand >> 68 & 0xFFF) << 64 | 0b10 << 62 | rand & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
