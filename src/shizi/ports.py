"""What one part asks of another without knowing which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.posterior import Posterior
    from shizi.core.text import Page

T = TypeVar("T")
S = TypeVar("S")


class Engine(Protocol):
    """Reads images; one per worker, used by one thread at a time."""

    def read(self, image: Image) -> Page:
        """Return the text of an upright image.

        Called by the reading tasks, in a worker process, never on the event loop.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def find(self, image: Image) -> list[NDArray[np.float32]]:
        """Return where the lines of text of an image are, without reading them.

        Returns:
            For each line its corners, float32, (4, 2), clockwise from the top left.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def spell(self, image: Image, corners: NDArray[np.float32]) -> Posterior:
        """Return what the recogniser believes of one line.

        Args:
            image: uint8, (H, W, 3), RGB.
            corners: float32, (4, 2), clockwise from where reading starts.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def warm(self) -> None:
        """Run the common shapes once, so that the first read is as fast as the next.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def release(self) -> None:
        """Give back the memory that reads took; the next one takes it anew.

        Called by the worker, between two calls, when it holds too much.

        Raises:
            EngineError: The inference library failed.
        """
        ...


class Caller(Protocol):
    """Who waits for what a worker does; asked in the worker, between two steps."""

    @property
    def since(self) -> float:
        """When the worker began with the call: seconds on the monotonic clock."""
        ...

    @property
    def helpers(self) -> Sequence[Helper]:
        """The workers that were idle when the call began."""
        ...

    def check(self) -> None:
        """Return if somebody still waits.

        Raises:
            GoneError: Nobody does.
        """
        ...


class Helper(Protocol):
    """Another worker with the same engine; asked in a worker, by one thread."""

    def ask(self, do: Callable[[Any, S], T], subject: S) -> T | None:
        """Return what a function says of a subject with the helper's engine.

        Args:
            do: A module-level function; takes the engine and the subject.
            subject: Picklable, as the result must be.

        Returns:
            Nothing when the helper is gone: somebody else needed it, or it failed.
        """
        ...


class Decoder(Protocol):
    """Turns files into pixels; one per worker, used by one thread."""

    def decoded(self, data: bytes) -> AbstractContextManager[Image]:
        """Give the upright pixels of a file, not to be altered, until the block ends.

        Raises:
            ImageDecodeError: The bytes are no picture that can be decoded within the
                limits.
            GoneError: Nobody waits for the pixels any more.
        """
        ...

    def close(self) -> None:
        """Give up what it holds."""
        ...


class Session(Protocol):
    """One model with one image batch in and one array out; not thread-safe."""

    @property
    def precision(self) -> str:
        """The arithmetic that the model runs in: `f32`, `bf16`, `int8`."""
        ...

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the model's output for a batch.

        Args:
            batch: uint8, (N, H, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        """Make runs of one shape, (N, H, W, 3), as fast as can be.

        Not between runs whose results are compared: they may change in the last bits.

        Raises:
            EngineError: The inference library failed.
        """
        ...

    def release(self) -> None:
        """Give back the memory that runs took.

        Raises:
            EngineError: The inference library failed.
        """
        ...
