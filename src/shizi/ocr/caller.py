"""What an engine does for its caller: it stops when he goes, and takes his helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.core.memory import trim

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from shizi.ocr.recognise import Reading
    from shizi.ports import Caller, Session


class Attentive:
    """A session that is not run for a caller who has gone."""

    def __init__(self, session: Session, caller: Caller) -> None:
        """Take the session, and who is asked before each run."""
        self._session = session
        self._caller = caller

    @property
    def precision(self) -> str:
        """The arithmetic that the model runs in."""
        return self._session.precision

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch: uint8, (N, H, W, 3), RGB.

        Raises:
            GoneError: Nobody waits for them any more.
            EngineError: The inference failed.
        """
        self._caller.check()
        return self._session.run(batch)

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        """Compile for one shape, which makes it fast."""
        self._session.prepare(shape)

    def release(self) -> None:
        """Give back what the last runs needed."""
        self._session.release()


class Widened(Attentive):
    """A session that is run on the cores of the other workers while all of them help.

    The result is the same to the last bit: threads share the pixels, not the sums.
    """

    def __init__(
        self, usual: Session, wide: Session, caller: Caller, *, helpers: int
    ) -> None:
        """Take both.

        Args:
            usual: On the worker's own cores.
            wide: On all cores.
            caller: Whose helpers are counted.
            helpers: How many the other workers are.
        """
        super().__init__(usual, caller)
        self._usual, self._wide, self._helpers = usual, wide, helpers

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of a batch, as any session that is attentive."""
        is_alone = len(self._caller.helpers) == self._helpers
        chosen = self._wide if is_alone else self._usual
        if chosen is not self._session:
            # One at a time holds what its runs need.
            self._session.release()
            trim()
            self._session = chosen
        return super().run(batch)


class Helping:
    """The recogniser of a worker that helps."""

    def __init__(self, ask: Callable[[NDArray[np.uint8]], Reading | None]) -> None:
        """Take what asks that worker to read a strip."""
        self._ask = ask

    def read(self, strip: NDArray[np.uint8]) -> Reading | None:
        """Return the text of a strip, or nothing when the helper is gone."""
        return self._ask(strip)
