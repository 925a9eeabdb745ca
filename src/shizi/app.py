"""The composition root: settings in, parts chosen, one ASGI application out."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import signal
import time
from collections import deque
from dataclasses import asdict
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shizi import __version__
from shizi.access.admission import Admission
from shizi.access.recent import Recent
from shizi.access.store import open_store
from shizi.console.parts import Health, Parts
from shizi.console.routes import build_console
from shizi.core.errors import ShiziError
from shizi.fetch import Fetcher
from shizi.figures import telling
from shizi.logs import set_up_logs
from shizi.metrics import CONTENT_TYPE, Metrics
from shizi.ocr.engine import TextEngine, version_of
from shizi.ocr.setup import Chosen, choose_models
from shizi.pool import Pool
from shizi.protocol import Protocol
from shizi.sandbox.keeper import Sandbox
from shizi.service import Service
from shizi.wechat.origin import Friends
from shizi.wechat.routes import build_routes
from shizi.wechat.showing import Showing

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

    from starlette.requests import Request

    from shizi.access.store import Store
    from shizi.settings import Settings
    from shizi.web.call import CallRecord

    Announce = Callable[[], Awaitable[None]]

# 24: seconds that calls in flight get on SIGTERM, and 2 those that came meanwhile and
# are refused; the whole stop stays below 30.
_DRAIN_SECONDS = 24
_LAST_SECONDS = 2

# How often, in seconds, a stop looks whether it shall hurry.
_TICK = 0.1

# 8: seconds after which a caller gets what was read so far; the library waits.
_PAGE_SECONDS = 8.0

# 200: what fits on a page, some 60 KB.
_RECENT_CALLS = 200

_log = structlog.get_logger("shizi")


class Server:
    """The parts of one running server and the application over them."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_ready: Announce,
        is_loopback: bool = False,
        figures: socket.socket | None = None,
    ) -> None:
        """Choose the parts; nothing opens before the application starts.

        Args:
            settings: What to run with.
            on_ready: Awaited once the models are warm.
            is_loopback: Whether only this machine can connect.
            figures: A listening socket that tells the metrics in this one's place.
        """
        make_engine = partial(
            TextEngine,
            setup=settings.setup(),
            workers=settings.workers,
            seconds=_PAGE_SECONDS,
        )
        self._settings = settings
        self._on_ready = on_ready
        self._pool = Pool(
            make_engine,
            Sandbox,
            workers=settings.workers,
            queue=settings.queue,
            seconds=settings.read_seconds,
            patience=settings.queue_seconds,
            memory=settings.worker_memory << 20,
        )
        self._fetcher = Fetcher(allow=settings.fetch_allow, enabled=settings.fetch)
        word = settings.foreign_word
        self._friends = Friends(
            settings.foreign_networks, None if word is None else word.get_secret_value()
        )
        self._metrics = Metrics(lambda: self._pool.load)
        self._recent: deque[CallRecord] = deque(maxlen=_RECENT_CALLS)
        self._is_loopback = is_loopback
        self._started_at = time.time()
        self._service: Service | None = None
        self._models: tuple[Chosen, ...] = ()
        self._is_leaving = False
        self.fault: ShiziError | None = None
        self.stop: Callable[[], None] = lambda: None
        told = Route("/metrics", self._figures)
        self._aside = telling(Starlette(routes=[told]), figures)
        self.application = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/readyz", self._readiness),
                *([told] if settings.metrics and figures is None else []),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, application: Starlette) -> AsyncGenerator[None]:
        """Open the parts, and close them in the other order."""
        settings = self._settings
        opening = open_store(
            settings.data, database=settings.database_url(), key=settings.key()
        )
        async with await opening as store, self._aside:
            # A file beside the server is asked each time: that costs it nothing.
            shared = settings.database is not None
            admission = Admission(
                settings.token_mode,
                fixed=settings.static_tokens,
                guest=settings.guest_app,
                recent=Recent(settings.token_memory if shared else 0),
            )
            service = Service(store, self._pool, time.time, admission)
            self._service = service
            application.router.routes += build_routes(
                service,
                fetch=self._fetcher.fetch,
                audit=self._audit,
                friends=self._friends,
            )
            if settings.console != "off":
                application.router.routes += build_console(self._parts(store, service))
            start = asyncio.create_task(self._warm())
            try:
                yield
            finally:
                start.cancel()
                await asyncio.gather(start, return_exceptions=True)
                await self._pool.close()
                await self._fetcher.aclose()

    def _parts(self, store: Store, service: Service) -> Parts:
        """Return what the console is put together from."""
        settings = self._settings
        return Parts(
            store,
            service,
            Showing(),
            audit=self._audit,
            health=self._tell_health,
            recent=lambda: tuple(reversed(self._recent)),
            clock=time.time,
            # Behind a proxy everybody comes from this machine.
            is_open=self._is_loopback
            and settings.console == "auto"
            and not settings.trusted_proxies,
        )

    def _tell_health(self) -> Health:
        """Return how the server is, for the console."""
        settings = self._settings
        load = self._pool.load
        return Health(
            workers=load.workers,
            wanted=settings.workers,
            running=load.running,
            waiting=load.waiting,
            places=settings.queue,
            memory=self._pool.memory,
            latency=self._metrics.latency(),
            codes=self._metrics.codes(),
            facts={
                "shizi": __version__,
                "Python": platform.python_version(),
                settings.session: version_of(settings.session),
                "device": settings.device,
                "profile": settings.profile,
                "precision": settings.precision,
                "database": "SQLite" if settings.database is None else "PostgreSQL",
                "token_mode": settings.token_mode,
            },
            models={chosen.told: chosen.run.sha256 for chosen in self._models},
            started_at=self._started_at,
        )

    async def _warm(self) -> None:
        """Open the pool while the server already answers that it is not ready."""
        try:
            chosen = await asyncio.to_thread(choose_models, self._settings.setup())
            self._models = tuple(chosen.values())
            await self._pool.open()
        except ShiziError as error:
            self.fault = error
            self.stop()
        else:
            await self._on_ready()

    @property
    def is_up(self) -> bool:
        """Return whether a worker is there to read."""
        return self._pool.load.workers > 0

    def leave(self) -> None:
        """Tell balancers to go elsewhere, and refuse calls that begin from now on."""
        self._is_leaving = True
        if self._service is not None:
            self._service.leave()

    def _audit(self, call: CallRecord) -> None:
        """Count an answered call and write one line about it."""
        if call.code is not None:
            self._metrics.count(call.path, call.code, call.milliseconds / 1000)
        self._recent.append(call)
        _log.info("call", **asdict(call))

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readiness(self, _request: Request) -> Response:
        if self._is_leaving:
            return PlainTextResponse("stopping\n", 503)
        if self.is_up:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("not ready\n", 503)

    async def _figures(self, _request: Request) -> Response:
        return Response(self._metrics.render(), media_type=CONTENT_TYPE)


class _Uvicorn(uvicorn.Server):
    """A web server that ends with exit code 0 on SIGTERM.

    Attributes:
        interrupted: Whether Ctrl-C ended it.
        on_leave: Called when a signal has come, before the calls in flight are awaited.
    """

    interrupted = False
    on_leave: Callable[[], None]

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Note signals; the original raises them once more when all is closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._leave, number)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is in flight, and readiness, before the door closes."""
        self.on_leave()
        end = asyncio.get_running_loop().time() + _DRAIN_SECONDS
        calls = set(self.server_state.tasks)
        while calls and not self.force_exit:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            _, calls = await asyncio.wait(calls, timeout=min(left, _TICK))
        await super().shutdown(sockets)

    def _leave(self, number: signal.Signals) -> None:
        self.interrupted |= number is signal.SIGINT
        self.handle_exit(number, None)


def run_server(
    settings: Settings,
    listener: socket.socket,
    on_ready: Announce,
    figures: socket.socket | None = None,
) -> bool:
    """Serve until a signal comes; return whether it was Ctrl-C.

    Args:
        settings: What to run with.
        listener: A bound, listening socket; closed at the end.
        on_ready: Awaited once the models are warm.
        figures: A socket likewise, where the metrics are told.

    Raises:
        ModelError: A model file is missing or altered.
        EngineError: The inference library is missing or refuses the model.
        StoreError: The data folder cannot be used.
    """
    set_up_logs(settings.log_level)
    here = ip_address(listener.getsockname()[0]).is_loopback
    server = Server(settings, on_ready=on_ready, is_loopback=here, figures=figures)
    web = _Uvicorn(
        uvicorn.Config(
            server.application,
            http=Protocol,
            # Nothing here is a web socket, and uvicorn logs their addresses.
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=[str(each) for each in settings.trusted_proxies],
            timeout_graceful_shutdown=_LAST_SECONDS,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
    )

    def stop() -> None:
        web.should_exit = True

    server.stop = stop
    web.on_leave = server.leave
    web.run([listener])
    if server.fault is not None:
        raise server.fault
    return web.interrupted
