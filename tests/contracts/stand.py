"""A server, an app of it, and pictures, for clients to call."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from PIL import Image

from tests.running import serving, shizi
from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CLIENTS = ROOT / "build" / "clients"

# The sample's headline: a small picture of one line is read in a tenth of the time.
_HEADLINE = (440, 230, 1060, 360)

# A path and a query that name a picture for clients to spell in their own way.
ODD_NAME = "行驶证 1.jpg"
ODD_QUERY = "sign=a+b%2Fc&x=1"


# What is printed on the licence, under the keys of the reply.
_LICENCE = {
    "plate_num": "川B38342",
    "vehicle_type": "小型轿车",
    "owner": "绵阳市和顺网络科技有限公司第一分公司",
    "addr": "四川省绵阳市涪城区学府南路1454号",
    "use_character": "非营运",
    "model": "众泰牌JNJ7152JWZ",
    "vin": "LJ8Y52U57HF598390",
    "engine_num": "UMG447461",
    "register_date": "2018-08-12",
    "issue_date": "2018-08-12",
    "plate_num_b": "川B38342",
    "record": "510723474698",
    "passengers_num": "5人",
    "total_quality": "1804kg",
    "prepare_quality": "1325kg",
    "overall_size": "4291x1689x1441mm",
}


class Case(NamedTuple):
    """A call of the API, a picture for it, and what is on the picture.

    Attributes:
        picture: The picture's file name.
        told: Returns from a reply what is compared.
        expected: What that is.
    """

    picture: str
    told: Callable[[dict[str, Any]], object]
    expected: object


CASES = {
    "comm": Case(
        "page.jpg",
        lambda reply: [item["text"] for item in reply["items"]],
        SAMPLE_LINES[:1],
    ),
    "driving": Case(
        "licence.jpg", lambda reply: {key: reply[key] for key in _LICENCE}, _LICENCE
    ),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """What a client is given.

    Attributes:
        url: The server's base URL.
        app_id: An app's id.
        secret: Its secret.
        data: The server's data folder.
        pictures: The folder of pictures.
        host: Base URL of the web server of that folder.
        token: A token that opens the calls.
        expired: One that is over.
    """

    url: str
    app_id: str
    secret: str
    data: Path
    pictures: Path
    host: str
    token: str
    expired: str

    def environment(self) -> dict[str, str]:
        """Return what the examples read."""
        return {
            "SHIZI_URL": self.url,
            "SHIZI_APPID": self.app_id,
            "SHIZI_SECRET": self.secret,
        }


def draw_pictures(folder: Path) -> None:
    """Put a picture for each case into a folder, and a file that is none."""
    with Image.open(SAMPLE) as page:
        page.crop(_HEADLINE).save(folder / "page.jpg", quality=92)
    shutil.copy(ROOT / "tests" / "data" / "vehicle-licence.jpg", folder / "licence.jpg")
    (folder / "none.jpg").write_bytes(b"no picture")


class PictureHost(ThreadingHTTPServer):
    """Serves a folder; the odd name stands for the picture named last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.odd = "page.jpg"
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


@contextmanager
def standing(
    folder: Path, host: PictureHost, environment: Mapping[str, str] | None = None
) -> Iterator[Stand]:
    """Run a server for as long as the context lasts.

    Args:
        folder: For its data folder and its log, `log`.
        host: Where its clients find pictures.
        environment: Its settings, beside the usual.
    """
    data = folder / "data"
    allowed = ("--fetch-allow", "127.0.0.1")
    with serving(data, *allowed, environment=environment) as running:
        app = json.loads(shizi("app", "add", "contract", "--data", data, "--json"))
        issue = ("token", "issue", app["appid"], "--data", data)
        yield Stand(
            url=running.url,
            app_id=app["appid"],
            secret=app["secret"],
            data=data,
            pictures=host.folder,
            host=host.url,
            token=shizi(*issue).strip(),
            expired=shizi(*issue, "--seconds", "0").strip(),
        )


class _Handler(SimpleHTTPRequestHandler):
    server: PictureHost

    def translate_path(self, path: str) -> str:
        target = urlsplit(path)
        name = unquote(target.path).lstrip("/")
        if name == ODD_NAME and target.query == ODD_QUERY:
            name = self.server.odd
        return str(self.server.folder / name)

    def log_message(self, *_: object) -> None:
        pass
