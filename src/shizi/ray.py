"""Ray, the cluster of machines: joined for a while, imported by nobody else."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from shizi.core.errors import ClusterError, ShiziError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

# 5 s: machines of a cluster are near each other. Ray itself tries for minutes.
_SECONDS: Final = 5.0


@contextmanager
def joined(
    address: str, *parts: str, environment: Mapping[str, str] | None = None
) -> Generator[list[Any]]:
    """Lend Ray and parts of it while this process belongs to a cluster.

    Args:
        address: The cluster's: `HOST:PORT`, `auto` on one of its machines, or `local`
            for one of this process' own, which ends with the block.
        parts: Names of modules within Ray.
        environment: What this process, and those that it starts there, shall see.

    Raises:
        ClusterError: Ray is missing, does not answer, or failed.
    """
    # Nothing is told to anyone.
    seen = {"RAY_USAGE_STATS_ENABLED": "0", **(environment or {})}
    # Ray reads it when it is imported.
    os.environ.update(seen)
    try:
        ray: Any = import_module("ray")
        lent = [ray, *(import_module(f"ray.{part}") for part in parts)]
    except ImportError as error:
        raise ClusterError("Ray needs its library: pip install 'shizi[ray]'") from error
    try:
        _knock(address)
        ray.init(
            address=address,
            namespace="serve",
            runtime_env={"env_vars": seen},
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterError(
            f"no Ray cluster at {address}: start one with `ray start --head`"
        ) from error
    try:
        for part in parts:
            logging.getLogger(f"ray.{part}").setLevel(logging.ERROR)
        yield lent
    except ShiziError:
        raise
    except ray.exceptions.RayError as error:
        raise ClusterError(f"Ray failed: {error}") from error
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """See that somebody listens there.

    Raises:
        OSError: Nobody does.
    """
    host, colon, port = address.rpartition(":")
    if colon and "://" not in address and port.isdecimal():
        socket.create_connection((host, int(port)), _SECONDS).close()
