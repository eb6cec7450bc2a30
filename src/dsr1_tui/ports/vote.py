"""Who says whether two boxed answers mean the same."""

from typing import Protocol


class Judge(Protocol):
    """Compares boxed answers by what they mean."""

    async def same(self, one: str, other: str) -> bool:
        """Whether two boxed bodies are equal; False where it cannot be told in time. Never raises."""
        ...

    async def aclose(self) -> None:
        """End what it started; safe to call twice."""
        ...
