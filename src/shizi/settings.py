"""Every knob of the server, its default and its unit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    read_seconds: Annotated[
        float, Field(gt=0, description="Seconds after which a read is given up.")
    ] = 20.0
    worker_memory: Annotated[
        int, Field(ge=1, description="MiB beyond which an idle worker is replaced.")
    ] = 1024
    session: Annotated[
        Literal["openvino", "onnxruntime"],
        Field(description="Library that runs the models."),
    ] = "openvino"
    precision: Annotated[
        Literal["auto", "f32", "bf16"],
        Field(description="Arithmetic; auto is bf16 where the CPU has it."),
    ] = "auto"
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
