"""The `shizi` commands with an engine that reads nothing, for what needs no models.

Run as `python -m tests.null_server serve ...` or `read ...`; a read takes NULL_SECONDS,
or none.
"""

from __future__ import annotations

import shizi.app
import shizi.batch.local
from shizi.cli import main
from tests.fakes import IdleEngine

if __name__ == "__main__":
    shizi.app.TextEngine = IdleEngine  # type: ignore[misc,assignment]
    shizi.batch.local.TextEngine = IdleEngine  # type: ignore[misc,assignment]
    main()
