"""Claims about the calls that the two API documents show, as they show them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.contracts.stand import CASES, Stand

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.contract

# With straight quotes, a space between the two options, and the address quoted.
LINES = {
    "comm": (
        """curl -F 'img=@test.jpg' \
"http://api.weixin.qq.com/cv/ocr/comm?access_token=ACCESS_TOCKEN\"""",
    ),
    "driving": (
        """curl \
"https://api.weixin.qq.com/cv/ocr/driving?type=photo&img_url=ENCODE_URL\
&access_token=ACCESS_TOCKEN\"""",
        """curl -F 'img=@test.jpg' \
"https://api.weixin.qq.com/cv/ocr/driving?type=photo&access_token=ACCESS_TOCKEN\"""",
    ),
}


@pytest.mark.parametrize(
    ("api", "line"), [(api, line) for api, lines in LINES.items() for line in lines]
)
def test_a_documents_curl_line_works(
    stand: Stand, api: str, line: str, tmp_path: Path
) -> None:
    case = CASES[api]
    (tmp_path / "test.jpg").symlink_to(stand.pictures / case.picture)
    told = {
        "http://api.weixin.qq.com": stand.url,
        "https://api.weixin.qq.com": stand.url,
        "ACCESS_TOCKEN": stand.token,
        "ENCODE_URL": quote(f"{stand.host}/{case.picture}", safe=""),
    }
    for words, ours in told.items():
        line = line.replace(words, ours)
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert case.told(json.loads(done.stdout)) == case.expected
