"""What is taken of files and of an https server that this module starts."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import shizi.cli.download
from shizi.cli.download import take, told
from shizi.core.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = b"a model" * 999
SUM = hashlib.sha256(BODY).hexdigest()


class Answers(BaseHTTPRequestHandler):
    """Has a file, sends callers on, and lacks all else."""

    def do_GET(self) -> None:
        where = {
            "/moved": "/file",
            "/plain": "http://localhost/file",
            "/round": "/round",
        }
        if self.path in where:
            self.send_response(302)
            self.send_header("Location", where[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        found = self.path.partition("?")[0] in {"/file", "/short"}
        self.send_response(200 if found else 404)
        missing = 5 if self.path == "/short" else 0
        self.send_header("Content-Length", str(len(BODY) + missing))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Give the address of a server and the certificate that it is known by."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "crt", folder / "key")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}", folder / "crt"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(site: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SSL_CERT_FILE", str(site[1]))
    return site[0]


@pytest.mark.parametrize("path", ["/file", "/file?key=word", "/moved"])
def test_a_file_is_fetched(path: str, address: str, tmp_path: Path) -> None:
    assert take(address + path, tmp_path / "model") == SUM
    assert (tmp_path / "model").read_bytes() == BODY


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none?key=word", r"/none: answered 404"),
        ("/plain", "http://localhost/file: models are fetched by https alone"),
        ("/round", "redirects"),
        ("/short", "/short: peer closed"),
    ],
)
def test_what_cannot_be_had_is_told(
    path: str, reason: str, address: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=reason) as raised:
        take(address + path, tmp_path / "model")
    assert "word" not in str(raised.value)


def test_a_server_that_nobody_vouches_for_is_not_believed(
    site: tuple[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="certificate"):
        take(f"{site[0]}/file", tmp_path / "model")


@pytest.mark.parametrize("origin", ["http://localhost/a", "ftp://a/b", "https://:x/"])
def test_other_addresses_are_refused(origin: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"https alone|protocol|port|host"):
        take(origin, tmp_path / "model")


def test_a_file_is_copied(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(BODY)
    assert take(str(tmp_path / "here"), tmp_path / "model") == SUM
    with pytest.raises(ModelError, match="absent: No such file"):
        take(str(tmp_path / "absent"), tmp_path / "other")


def test_a_file_that_does_not_end_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shizi.cli.download, "_MOST_BYTES", 1 << 20)
    with pytest.raises(ModelError, match="/dev/zero: is larger than 1 MiB"):
        take("/dev/zero", tmp_path / "model")


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("a/b?c", "a/b?c"),
        ("https://me:word@a.example/b?key=c#d", "https://a.example/b"),
        ("https://a.example?key=c@d", "https://a.example"),
    ],
)
def test_what_may_be_secret_is_not_told(origin: str, shown: str) -> None:
    assert told(origin) == shown
