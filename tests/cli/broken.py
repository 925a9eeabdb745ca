"""An engine whose models are missing."""

from __future__ import annotations

from shizi.core.errors import ModelError
from tests.fakes import IdleEngine


class NoModel(IdleEngine):
    def warm(self) -> None:
        message = "none.onnx: cannot be read"
        raise ModelError(message)
