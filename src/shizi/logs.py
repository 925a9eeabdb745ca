"""Logs as JSON lines on standard error, the libraries' own included.

No line holds a query string: the access log of the web server stays off, and libraries
that print addresses are kept to warnings.
"""

from __future__ import annotations

import logging
import sys
from typing import cast

import structlog

# Libraries that print URLs, tokens inside, or the values of statements.
_TALKATIVE = ("aiosqlite", "alembic", "httpcore", "httpx", "uvicorn.access")
# Warns once for every damaged form, which is the caller's matter.
_COMPLAINING = ("python_multipart",)


def set_up_logs(level: str) -> None:
    """Send every log of this process to standard error from a level on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    steps: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_traceback,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _COMPLAINING:
        logging.getLogger(name).setLevel(logging.ERROR)


def _without_traceback(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """Name an error by its kind only: its message may quote a request."""
    fault: object = event.pop("exc_info", None)
    if isinstance(fault, tuple):
        fault = cast("tuple[object, object, object]", fault)[1]
    if isinstance(fault, BaseException):
        event["error"] = type(fault).__name__
        event["event"] = "unexpected error"
    event.pop("stack_info", None)
    return event
