"""Every knob of the server, its default and its unit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, IPvAnyNetwork, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shizi.access.admission import TokenMode
from shizi.access.recent import LONGEST
from shizi.core.errors import StoreError
from shizi.ocr.setup import Setup
from shizi.ocr.shelf import WHEEL, default_folder

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """What `shizi serve` runs with.

    Each field is also SHIZI_<FIELD> in the environment; lists are JSON there.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHIZI_", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    ] = 8000
    data: Annotated[Path, Field(description="Folder of apps, tokens and counts.")] = (
        Path.home() / ".local" / "share" / "shizi"
    )
    database: Annotated[
        SecretStr | None, Field(description="URL of PostgreSQL, in place of SQLite.")
    ] = None
    seal_key: Annotated[
        SecretStr | None, Field(description="Key that seals the apps' secrets.")
    ] = None
    seal_key_file: Annotated[
        Path | None, Field(description="File that holds the key, in place of seal_key.")
    ] = None
    token_memory: Annotated[
        float,
        Field(
            ge=0,
            le=LONGEST,
            allow_inf_nan=False,
            description="Seconds that PostgreSQL's answer about a token holds.",
        ),
    ] = 3.0
    token_mode: Annotated[
        TokenMode, Field(description="Which tokens open the door.")
    ] = TokenMode.ISSUE
    static_tokens: Annotated[
        dict[str, str], Field(description="Fixed tokens and the ids of their apps.")
    ] = {}
    guest_app: Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9_-]{1,64}$",
            description="Id of the app that strangers' calls are counted to.",
        ),
    ] = "guest"
    foreign_networks: Annotated[
        tuple[IPvAnyNetwork, ...],
        Field(description="Networks whose callers may bring tokens of WeChat's."),
    ] = ()
    foreign_word: Annotated[
        SecretStr | None,
        Field(description="Word in X-Shizi-Word of those who may, too."),
    ] = None
    trusted_proxies: Annotated[
        tuple[IPvAnyNetwork, ...],
        Field(description="Networks whose X-Forwarded-For is believed."),
    ] = ()
    fetch: Annotated[
        bool, Field(description="Whether pictures are fetched from img_url.")
    ] = True
    fetch_allow: Annotated[
        tuple[str, ...],
        Field(description="Hosts and networks open to img_url though not public."),
    ] = ()
    workers: Annotated[
        int, Field(ge=1, description="Processes that read; one a core by default.")
    ] = os.cpu_count() or 1
    queue: Annotated[
        int, Field(ge=0, description="Calls that may wait before -1 is answered.")
    ] = 64
    queue_seconds: Annotated[
        float, Field(gt=0, description="Seconds after which a call that waits gets -1.")
    ] = 60.0
    read_seconds: Annotated[
        float, Field(gt=0, description="Seconds after which a read is given up.")
    ] = 20.0
    worker_memory: Annotated[
        int, Field(ge=1, description="MiB that a worker may hold between two calls.")
    ] = 960
    session: Annotated[
        Literal["openvino", "onnxruntime"],
        Field(description="Library that runs the models."),
    ] = "openvino"
    device: Annotated[
        Literal["cpu", "gpu", "cuda", "tensorrt"],
        Field(description="What the models run on."),
    ] = "cpu"
    profile: Annotated[
        Literal["exact", "balanced", "fast"],
        Field(description="What may be lost for speed."),
    ] = "balanced"
    precision: Annotated[
        Literal["auto", "f32", "bf16", "int8"],
        Field(description="Arithmetic; auto is the profile's."),
    ] = "auto"
    detector: Annotated[
        str, Field(description="What finds lines: small, or an added model's name.")
    ] = WHEEL
    recogniser: Annotated[
        str, Field(description="What reads lines: small, or an added model's name.")
    ] = WHEEL
    models: Annotated[Path, Field(description="Folder of added and int8 models.")] = (
        default_folder()
    )
    console: Annotated[
        Literal["auto", "login", "off"],
        Field(description="Web pages; auto asks nobody on loopback who they are."),
    ] = "auto"
    metrics: Annotated[
        bool, Field(description="Whether /metrics is told to those who call.")
    ] = True
    metrics_address: Annotated[
        str | None,
        Field(
            pattern=r"^(\[[0-9A-Fa-f:]+\]|[^:\s]+):[0-9]{1,5}$",
            description="HOST:PORT that tells /metrics in place of the server's own.",
        ),
    ] = None
    log_level: Annotated[LogLevel, Field(description="Least level that is logged.")] = (
        "info"
    )
    tls_cert: Annotated[
        Path | None, Field(description="PEM certificate chain; needs tls_key.")
    ] = None
    tls_key: Annotated[
        Path | None, Field(description="PEM private key; needs tls_cert.")
    ] = None

    @model_validator(mode="after")
    def _has_both_halves(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            message = "tls_cert and tls_key belong together"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_what_its_mode_needs(self) -> Self:
        if self.token_mode is TokenMode.STATIC and not self.static_tokens:
            message = "token_mode static needs static_tokens"
            raise ValueError(message)
        known = self.foreign_networks or self.foreign_word
        if self.token_mode is TokenMode.FOREIGN and not known:
            message = "token_mode foreign needs foreign_networks or foreign_word"
            raise ValueError(message)
        if self.seal_key is not None and self.seal_key_file is not None:
            message = "seal_key and seal_key_file say the same: give one"
            raise ValueError(message)
        return self

    def key(self) -> bytes | None:
        """Return the key that seals secrets, none if the data folder holds it.

        Raises:
            StoreError: The file with the key cannot be read.
        """
        if self.seal_key is not None:
            return self.seal_key.get_secret_value().encode()
        if self.seal_key_file is None:
            return None
        try:
            return self.seal_key_file.read_bytes().strip()
        except OSError as error:
            raise StoreError(f"seal_key_file: {error.strerror}") from error

    def setup(self) -> Setup:
        """Return how the models are run."""
        return Setup(
            self.session,
            self.device,
            self.profile,
            self.precision,
            self.detector,
            self.recogniser,
            self.models,
        )

    def database_url(self) -> str | None:
        """Return the URL of PostgreSQL, none for the folder's SQLite."""
        return None if self.database is None else self.database.get_secret_value()
