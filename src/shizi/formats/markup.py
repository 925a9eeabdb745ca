"""Text as XML may hold it."""

from __future__ import annotations

import re

# What no XML 1.0 file may hold, however it is escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """Return a text with a replacement character for each that XML forbids."""
    return _FORBIDDEN.sub("\ufffd", text)
