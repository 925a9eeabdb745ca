"""Claims about the recipes that send OCR here and everything else to WeChat."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contracts.island import WECHAT, make_ca
from tests.contracts.proxy import adapt, free_port, running, running_nginx
from tests.contracts.stand import CASES, Stand, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contracts.stand import PictureHost

pytestmark = pytest.mark.contract


# WeChat's, of which the server knows nothing.
TOKEN = "81_" + "wEChAt-_0" * 16


class _WeChat(BaseHTTPRequestHandler):
    """Stands for WeChat: tells what it was asked, and one token."""

    def do_GET(self) -> None:
        told = {"wechat": self.path, "host": self.headers["Host"]}
        if self.path.startswith("/cgi-bin/token?"):
            told["access_token"] = TOKEN
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy.

    Attributes:
        http: Its port for plain HTTP.
        https: Its port for TLS.
        folder: Where the CA is that signed its certificate.
    """

    http: int
    https: int
    folder: Path

    def call(self, address: str, *options: str | Path) -> dict[str, Any]:
        """Return the JSON behind an address of WeChat's, asked for at the proxy."""
        here = {80: self.http, 443: self.https}
        places = (
            word
            for theirs, ours in here.items()
            for word in ("--connect-to", f"{WECHAT}:{theirs}:127.0.0.1:{ours}")
        )
        command = ("curl", "-sS", "--cacert", self.folder / "ca.pem", *places)
        done = subprocess.run(
            [*command, *options, address], capture_output=True, timeout=60, check=True
        )
        reply: dict[str, Any] = json.loads(done.stdout)
        return reply


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("proxies")
    made.chmod(0o755)
    make_ca(made, WECHAT)
    return made


@pytest.fixture(scope="module")
def stand(host: PictureHost, folder: Path) -> Iterator[Stand]:
    """Serve as the documents tell behind a proxy."""
    environment = {
        "SHIZI_TOKEN_MODE": "foreign",
        "SHIZI_FOREIGN_WORD": "choose-a-long-word",
        "SHIZI_TRUSTED_PROXIES": '["127.0.0.1/32"]',
    }
    with standing(folder, host, environment) as running:
        yield running


@pytest.fixture(scope="module")
def wechat(folder: Path) -> Iterator[int]:
    """Serve the stand-in for WeChat over TLS; yield its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _WeChat)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, stand: Stand, folder: Path, wechat: int
) -> Iterator[Proxy]:
    ports = free_port(), free_port()
    serve = {"nginx": _nginx, "caddy": _caddy}[request.param]
    with serve(folder, ports, urlsplit(stand.url).netloc, f"127.0.0.1:{wechat}"):
        yield Proxy(*ports, folder)


@contextmanager
def _nginx(
    folder: Path, ports: tuple[int, int], server: str, wechat: str
) -> Iterator[None]:
    changes = {
        "server 127.0.0.1:8000;": f"server {server};",
        "listen 80;": f"listen 127.0.0.1:{ports[0]};",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[1]} ssl;",
        "/etc/shizi/tls/tls.crt": f"{folder}/tls.crt",
        "/etc/shizi/tls/tls.key": f"{folder}/tls.key",
        "/var/log/nginx/wechat.log": f"{folder}/wechat.log",
        "set $wechat api.weixin.qq.com;": f"set $wechat {wechat};",
        "/etc/ssl/certs/ca-certificates.crt": f"{folder}/ca.pem",
    }
    with running_nginx(folder, adapt("nginx.conf", changes), ports):
        yield


@contextmanager
def _caddy(
    folder: Path, ports: tuple[int, int], server: str, wechat: str
) -> Iterator[None]:
    changes = {
        "auto_https disable_redirects": (
            f"auto_https disable_redirects\nadmin off\nhttp_port {ports[0]}\n"
            f"https_port {ports[1]}\nstorage file_system {folder}/caddy"
        ),
        "reverse_proxy 127.0.0.1:8000": f"reverse_proxy {server}",
        "tls /etc/shizi/tls/tls.crt /etc/shizi/tls/tls.key": (
            f"tls {folder}/tls.crt {folder}/tls.key"
        ),
        "reverse_proxy https://api.weixin.qq.com": f"reverse_proxy https://{wechat}",
    }
    recipe = folder / "Caddyfile"
    recipe.write_text(adapt("Caddyfile", changes))
    options = ("--adapter", "caddyfile", "--config", recipe)
    checked = subprocess.run(
        ["caddy", "validate", *options], capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    believe = {"SSL_CERT_FILE": str(folder / "ca.pem")}
    with running(("caddy", "run", *options), ports, believe):
        yield


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("api", CASES)
def test_ocr_is_answered_here(
    proxy: Proxy, stand: Stand, api: str, scheme: str
) -> None:
    address = f"{scheme}://{WECHAT}/cv/ocr/{api}?access_token={stand.token}"
    picture = stand.pictures / CASES[api].picture
    reply = proxy.call(address, "-F", f"img=@{picture}")
    assert CASES[api].told(reply) == CASES[api].expected


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["/cgi-bin/user?a=b", "/sns/jscode2session", "/"])
def test_everything_else_is_wechat_s(proxy: Proxy, path: str, scheme: str) -> None:
    reply = proxy.call(f"{scheme}://{WECHAT}{path}")
    assert reply == {"wechat": path, "host": WECHAT}


@pytest.mark.parametrize("api", CASES)
def test_a_token_of_wechat_s_opens_ocr_behind_the_proxy(
    proxy: Proxy, stand: Stand, api: str
) -> None:
    grant = "grant_type=client_credential&appid=a&secret=b"
    token = proxy.call(f"https://{WECHAT}/cgi-bin/token?{grant}")["access_token"]
    address = f"https://{WECHAT}/cv/ocr/{api}?access_token={token}"
    picture = stand.pictures / CASES[api].picture
    reply = proxy.call(address, "-F", f"img=@{picture}")
    assert CASES[api].told(reply) == CASES[api].expected


def test_a_token_of_wechat_s_opens_nothing_past_the_proxy(stand: Stand) -> None:
    address = f"{stand.url}/cv/ocr/comm?access_token={TOKEN}"
    assert httpx.post(address, timeout=10).json()["errcode"] == 40001


def test_a_client_cannot_lie_about_its_address(
    proxy: Proxy, stand: Stand, folder: Path
) -> None:
    lie = ("-H", "X-Forwarded-For: 203.0.113.7")
    address = f"https://{WECHAT}/cv/ocr/comm?access_token={stand.token}"
    reply = proxy.call(address, *lie, "-F", "img=a")
    assert _logged_address(folder, reply) == "127.0.0.1"


def test_the_server_is_told_the_client_s_address(
    proxy: Proxy, stand: Stand, folder: Path
) -> None:
    # Loopback has more than one address, and curl may call from another.
    other = ("--interface", "127.0.0.9")
    address = f"https://{WECHAT}/cv/ocr/comm?access_token={stand.token}"
    reply = proxy.call(address, *other, "-F", "img=a")
    assert _logged_address(folder, reply) == "127.0.0.9"


def _logged_address(folder: Path, reply: dict[str, Any]) -> str:
    """Return the address in the audit of an error; it is written after the reply."""
    rid: str = reply["errmsg"].split()[-1]
    deadline = time.monotonic() + 10
    while True:
        for line in (folder / "log").read_text(encoding="utf-8").splitlines():
            if rid in line:
                address: str = json.loads(line)["address"]
                return address
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("path", ["/cv/ocr/../../cgi-bin/a", "/cv/ocr%2F..%2F..%2Fcgi"])
def test_no_spelling_of_a_path_leads_past_the_folder(proxy: Proxy, path: str) -> None:
    reply = proxy.call(f"https://{WECHAT}{path}", "--path-as-is")
    assert reply.get("errcode") in {None, 40066}


@pytest.mark.parametrize("megabytes", [3, 100])
def test_a_file_that_is_too_large_is_refused_in_json(
    proxy: Proxy, stand: Stand, megabytes: int, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(megabytes * 1_000_000)
    address = f"https://{WECHAT}/cv/ocr/comm?access_token={stand.token}"
    assert proxy.call(address, "-F", f"img=@{large}")["errcode"] == 40006


def test_no_log_of_nginx_tells_a_token(folder: Path, stand: Stand, wechat: int) -> None:
    ports = free_port(), free_port()
    server = urlsplit(stand.url).netloc
    with _nginx(folder, ports, server, f"127.0.0.1:{wechat}"):
        address = f"https://{WECHAT}/cv/ocr/comm?access_token=SECRET"
        proxy = Proxy(*ports, folder)
        assert proxy.call(address, "-F", "img=a")["errcode"] == 101002
    log = (folder / "wechat.log").read_text()
    assert "POST /cv/ocr/comm 200" in log
    assert "SECRET" not in log
