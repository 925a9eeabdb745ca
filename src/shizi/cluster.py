"""The server's application as replicas of Ray Serve, behind a HAProxy on each node.

What a replica is made of is what `shizi serve` runs: nothing is implemented twice.
State is in PostgreSQL, so replicas come and go. Ray keeps the settings, with what is
secret in them, and its ports ask nobody who he is: it belongs on a private network.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shizi.access.admission import TokenMode
from shizi.app import Server
from shizi.core.errors import ClusterError, WorkerError
from shizi.ray import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.applications import Starlette

    from shizi.settings import Settings

NAME: Final = "shizi"
# The whole of one node's answer to a call is a replica's: no call passes through Python
# on its way there (734 against 55 uploads of 500 kB a second with Ray's own proxy).
_ENVIRONMENT: Final = {
    "RAY_SERVE_ENABLE_HA_PROXY": "1",
    # 1 s: a lost node's calls go elsewhere that much later; with Ray's 5 users notice.
    "RAY_SERVE_HAPROXY_HEALTH_CHECK_INTER": "1s",
    "RAY_SERVE_HAPROXY_TIMEOUT_CONNECT_S": "1",
    # 5 s: so long a replica that leaves still takes calls, until each HAProxy knows.
    "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "5",
    # HAProxy would log request lines, with tokens in them; nothing listens there.
    "RAY_SERVE_HAPROXY_LOG_TARGET": "/dev/null",
}
# Seconds that a replica gets to leave: the calls in flight, and what is before them.
_LEAVE_SECONDS: Final = 30
# Seconds after which a call more or less changes the number of replicas.
_GROW_SECONDS: Final = 5
_SHRINK_SECONDS: Final = 120
# Calls that a replica may be at: the server's own queue refuses them, in JSON, long
# before Ray would.
_CALLS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many replicas there shall be.

    Attributes:
        least: Even with no calls; two, for one to serve while the other is replaced.
        most: With many calls.
        workers: Reading processes of each, a core each.
    """

    least: int = 2
    most: int = 2
    workers: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """How a cluster is.

    Attributes:
        state: `RUNNING` when all is well; `absent` when nothing is deployed.
        replicas: How many replicas are in each state.
        proxies: How many HAProxys are in each state.
        message: What is wrong, or "".
    """

    state: str
    replicas: Mapping[str, int]
    proxies: Mapping[str, int]
    message: str


class Replica:
    """One copy of the server; made and called by Ray Serve, in a process of its own."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; the parts open when Ray starts the application."""
        self._ready = asyncio.Event()
        self._server = Server(settings, on_ready=self._note_ready)
        self._server.stop = self._ready.set

    def __serve_build_asgi_app__(self) -> Starlette:
        """Return the application; Ray runs its lifespan."""
        return self._server.application

    async def check_health(self) -> None:
        """Return when the models are warm; no call comes before that.

        Raises:
            ShiziError: The models cannot be had, or no worker is up.
        """
        await self._ready.wait()
        if self._server.fault is not None:
            raise self._server.fault
        if not self._server.is_up:
            raise WorkerError("no worker is up")

    async def _note_ready(self) -> None:
        self._ready.set()


def up(
    settings: Settings,
    size: Size,
    *,
    address: str = "auto",
    replica: type[Replica] = Replica,
) -> None:
    """Start the replicas, or replace those that run, one after the other.

    Args:
        settings: What each runs with; a database and a key are among them.
        size: How many there shall be.
        address: The Ray cluster's.
        replica: What is run.

    Raises:
        ClusterError: Ray is missing or does not answer, the settings are those of one
            machine, or the replicas do not start.
    """
    check(settings)
    allowed = ",".join(str(each) for each in settings.trusted_proxies)
    environment = {**_ENVIRONMENT, "FORWARDED_ALLOW_IPS": allowed}
    with joined(address, "serve", environment=environment) as (_, serve):
        running = settings.model_copy(update={"workers": size.workers})
        deployment = serve.deployment(
            name=NAME,
            ray_actor_options={"num_cpus": size.workers},
            max_ongoing_requests=_CALLS,
            graceful_shutdown_timeout_s=_LEAVE_SECONDS + 10,
            health_check_period_s=2,
            autoscaling_config={
                "min_replicas": size.least,
                "initial_replicas": size.least,
                "max_replicas": max(size.least, size.most),
                # One call is read and one waits, for each worker.
                "target_ongoing_requests": 2 * size.workers,
                "upscale_delay_s": _GROW_SECONDS,
                "downscale_delay_s": _SHRINK_SECONDS,
            },
            # Its access log has the addresses of callers.
            logging_config={"enable_access_log": False},
        )(serve.ingress()(replica))
        serve.start(
            proxy_location="EveryNode",
            http_options={"host": settings.host, "port": settings.port},
        )
        try:
            serve.run(deployment.bind(running), name=NAME, route_prefix="/")
        except RuntimeError as error:
            raise ClusterError(f"the replicas do not start: {error}") from error


def find_state(*, address: str = "auto") -> State:
    """Return how the cluster is.

    Raises:
        ClusterError: Ray is missing or does not answer.
    """
    with joined(address, "serve", environment=_ENVIRONMENT) as (_, serve):
        told = serve.status()
        proxies = _counted(str(each.value) for each in told.proxies.values())
        application = told.applications.get(NAME)
        if application is None:
            return State("absent", {}, proxies, "")
        deployment = application.deployments.get(NAME)
        replicas = {} if deployment is None else dict(deployment.replica_states)
        message = application.message or (deployment.message if deployment else "")
        return State(str(application.status.value), replicas, proxies, message)


def down(*, address: str = "auto") -> None:
    """End the replicas and the proxies; calls in flight are answered. Ray itself stays.

    Raises:
        ClusterError: Ray is missing or does not answer.
    """
    with joined(address, "serve", environment=_ENVIRONMENT) as (_, serve):
        serve.shutdown()


def check(settings: Settings) -> None:
    """See that replicas on several machines could share what they must.

    Raises:
        ClusterError: A setting is missing, or is for one machine alone.
    """
    if settings.database is None:
        raise ClusterError("a cluster needs PostgreSQL: give its URL by SHIZI_DATABASE")
    if settings.seal_key is None and settings.seal_key_file is None:
        raise ClusterError(
            "the nodes of a cluster need one key: SHIZI_SEAL_KEY or SHIZI_SEAL_KEY_FILE"
        )
    if settings.tls_cert is not None:
        raise ClusterError(
            "a cluster speaks plain HTTP: TLS is for the proxy before it"
        )
    if settings.token_mode is TokenMode.OPEN:
        raise ClusterError("token_mode open is for one machine's loopback alone")
    if settings.port == 0:
        raise ClusterError("a cluster needs a port of its own, not 0")


def _counted(names: Any) -> dict[str, int]:  # noqa: ANN401 - of Ray's own kind
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
