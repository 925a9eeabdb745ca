"""Read a picture with wechatpy: wechatpy_adapter.py comm|driving FILE|URL."""

import json
import os
import sys
from pathlib import Path

from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

WECHAT = "https://api.weixin.qq.com"


class Shizi(HTTPAdapter):
    """Sends to shizi what is addressed to WeChat."""

    def send(self, request, **options):
        request.url = request.url.replace(WECHAT, os.environ["SHIZI_URL"], 1)
        return super().send(request, **options)


client = WeChatClient(
    os.environ["SHIZI_APPID"],
    os.environ["SHIZI_SECRET"],
    access_token=os.environ.get("SHIZI_TOKEN"),  # one from before, if any
)
for path in ("/cgi-bin/token", "/cv/ocr/"):
    client._http.mount(WECHAT + path, Shizi())


def read(api, picture):
    """Return the reply for a file or an address."""
    url = f"{WECHAT}/cv/ocr/{api}"
    if picture.startswith("http"):
        return client.post(url, params={"img_url": picture})
    # Bytes, not an open file: with a new token wechatpy sends them a second time.
    file = ("picture.jpg", Path(picture).read_bytes(), "image/jpeg")
    return client.post(url, files={"img": file})


if __name__ == "__main__":
    print(json.dumps(read(*sys.argv[1:]), ensure_ascii=False))
