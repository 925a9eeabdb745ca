"""`shizi serve`: the server."""

from __future__ import annotations

import asyncio
import shlex
import socket
import ssl
import sys
import time
from contextlib import ExitStack, suppress
from functools import partial
from importlib import resources
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.access.admission import TokenMode
from shizi.access.apps import Credentials, add_app, list_apps
from shizi.access.operator import make_password
from shizi.access.tokens import issue_token
from shizi.app import run_server
from shizi.cli.option import (
    DatabaseOption,
    DataOption,
    ProfileOption,
    load_settings,
    open_of,
)
from shizi.cli.outcome import Exit, tell
from shizi.core.errors import AppExistsError

if TYPE_CHECKING:
    from shizi.settings import Settings

# The app that a first start makes.
_FIRST_APP = "first"


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 picks a free one.")] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    fetch_allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST|CIDR",
            help="Open a host or network to img_url though not public.",
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that read.")] = None,
    profile: ProfileOption = None,
    log_level: Annotated[str | None, typer.Option(help="Least level logged.")] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="PEM certificate chain.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM private key.")] = None,
) -> None:
    """Serve the API until SIGTERM or Ctrl-C."""
    settings = load_settings(
        host=host,
        port=port,
        data=data,
        database=database,
        fetch_allow=fetch_allow or None,
        workers=workers,
        profile=profile,
        log_level=log_level,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    _check_tls(settings)
    with _listen(settings.host, settings.port) as listener, ExitStack() as stack:
        _check_open_door(settings, listener)
        figures = None
        if settings.metrics_address is not None:
            place, _, number = settings.metrics_address.rpartition(":")
            figures = stack.enter_context(_listen(place.strip("[]"), int(number)))
        first = asyncio.run(make_apps(settings))
        address = _address(settings, listener)
        announce = partial(
            _announce, settings, address, first, is_local=_is_loopback(listener)
        )
        if run_server(settings, listener, announce, figures):
            raise typer.Exit(Exit.INTERRUPTED)


async def _announce(
    settings: Settings, address: str, first: Credentials | None, *, is_local: bool
) -> None:
    """Print that the server is ready; on a terminal also how to call it."""
    typer.echo(f"shizi is ready on {address}")
    if sys.stdout.isatty():
        await _tell_how_to_call(settings, address, first, is_local=is_local)
    else:
        typer.echo("issue a token: shizi token issue APPID (ids: shizi app list)")
    sys.stdout.flush()


def _check_tls(settings: Settings) -> None:
    """End with a sentence when the certificate or its key cannot be used."""
    if settings.tls_cert is None or settings.tls_key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:  # ssl.SSLError is one
        tell(f"tls_cert, tls_key: {error.strerror or error}")
        raise typer.Exit(Exit.USAGE) from error


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to a host and a port, or end with a sentence."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        listener = socket.create_server(place[:2], family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        tell(f"cannot listen on {host}:{port}: {reason}")
        raise typer.Exit(Exit.USAGE) from error
    return listener


def _check_open_door(settings: Settings, listener: socket.socket) -> None:
    """End with a sentence when strangers could come in without a token."""
    if settings.token_mode is TokenMode.OPEN and not _is_loopback(listener):
        host: str = listener.getsockname()[0]
        tell(f"token_mode open is for loopback alone, and {host} is not")
        raise typer.Exit(Exit.USAGE)


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def _address(settings: Settings, listener: socket.socket) -> str:
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{listener.getsockname()[1]}"


async def make_apps(settings: Settings) -> Credentials | None:
    """Make the apps that must be there, and return the credentials of a first one.

    Raises:
        StoreError: The store cannot be used.
        Exit: A fixed token is of no app.
    """
    first: Credentials | None = None
    async with await open_of(settings) as store:
        known = {app.id for app in await list_apps(store)}
        if not known:
            first = await add_app(store, _FIRST_APP, now=time.time())
        if settings.token_mode in {TokenMode.FOREIGN, TokenMode.OPEN}:
            with suppress(AppExistsError):
                guest = settings.guest_app
                await add_app(store, guest, app_id=guest, now=time.time())
    if settings.token_mode is TokenMode.STATIC:
        for owner in settings.static_tokens.values():
            if owner not in known:
                tell(f"static_tokens: no app has the id {owner}")
                raise typer.Exit(Exit.USAGE)
    return first


async def _tell_how_to_call(
    settings: Settings, address: str, first: Credentials | None, *, is_local: bool
) -> None:
    """Print the secret and the password of a first start, each once, and what to try.

    The password is made where only this machine can connect; elsewhere the operator
    sets one.
    """
    if first is not None:
        typer.echo(f"an app was made for you:\n  appid   {first.app_id}")
        typer.echo(f"  secret  {first.secret}")
    async with await open_of(settings) as store:
        if settings.console != "off":
            typer.echo(f"the console is on {address}/")
            password = await make_password(store) if is_local else None
            if password is not None:
                typer.echo(f"  password of its operator  {password}")
        apps = await list_apps(store)
        if not apps:
            return
        token = (
            await issue_token(store, apps[0].id, now=time.time(), replaces=False)
        ).token
    sample = resources.files("shizi") / "samples" / "page.jpg"
    trust = "-k " if settings.tls_cert else ""
    url = f"{address}/cv/ocr/comm?access_token={token}"
    typer.echo("try it:")
    typer.echo(f"  curl {trust}-F {shlex.quote(f'img=@{sample}')} '{url}'")
