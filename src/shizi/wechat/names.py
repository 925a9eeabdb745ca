"""The words of WeChat's API: paths, parameters, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Paths.
TOKEN_PATH = "/cgi-bin/token"  # noqa: S105 - a path
STABLE_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path
CLEAR_QUOTA_PATH = "/cgi-bin/clear_quota"
CLEAR_QUOTA_BY_SECRET_PATH = "/cgi-bin/clear_quota/v2"  # noqa: S105 - a path
QUOTA_PATH = "/cgi-bin/openapi/quota/get"
OPEN_DATA_PATH = "/wxa/getopendata"
TEXT_PATH = "/cv/ocr/comm"
LICENCE_PATH = "/cv/ocr/driving"
GATEWAY_PATH = "/admin"
DOCUMENT_PATH = "/openapi.json"
REFERENCE_PATH = "/docs"
CALL_FOLDERS = ("/cv/", "/cgi-bin/", "/wxa/")

# Parameters of the query. The two tokens mean the same; a client sends either.
ACCESS_TOKEN = "access_token"  # noqa: S105 - a name
CLOUD_ACCESS_TOKEN = "cloudbase_access_token"  # noqa: S105 - a name
GRANT_TYPE = "grant_type"
APP_ID = "appid"
SECRET = "secret"  # noqa: S105 - a name
CLIENT_CREDENTIAL = "client_credential"

# Members of JSON bodies.
APP_SECRET = "appsecret"  # noqa: S105 - a name
FORCE_REFRESH = "force_refresh"
CALL_PATH = "cgi_path"

# Ours: what a proxy says with calls whose tokens are WeChat's own.
FRIEND_HEADER = "x-shizi-word"

# Parameters that bring a picture, of the query or of the body.
IMAGE_URL = "img_url"

# `photo` or `scan`, of a licence. Nothing depends on it: how a licence lies is seen.
MODE = "type"

# A parameter of ours: `detail=1` adds what WeChat does not tell.
DETAIL = "detail"

# Parts of a form that are a file even when no file name says so. WxJava calls its part
# `file`, PowerWeChat leaves the name empty.
FILE_PARTS = frozenset({"img", "media", "file", ""})

# Cloud calls: how they are sent, and the APIs. WeChat's documents have called the
# vehicle licence by both names.
PACKED_CALL = "wx.openApi"
PLAIN_CALL = "wx.api"
TEXT_API = "ocr.printedText"
LICENCE_API = "ocr.vehicleLicense"
LICENCE_API_NOW = "ocr.drivingLicense"

# Keys of replies.
ERROR_CODE = "errcode"
ERROR_TEXT = "errmsg"
EXPIRES_IN = "expires_in"
QUOTA = "quota"
DAILY_LIMIT = "daily_limit"
USED = "used"
REMAIN = "remain"
ITEMS = "items"
TEXT = "text"
PLACE = "pos"
IMAGE_SIZE = "img_size"
SUCCESS_TEXT = "ok"

# The vehicle licence: WeChat's keys and what the core calls the same.
LICENCE_FIELDS: Mapping[str, str] = {
    "plate_num": "plate_number",
    "vehicle_type": "vehicle_type",
    "owner": "owner",
    "addr": "address",
    "use_character": "use_character",
    "model": "model",
    "vin": "vin",
    "engine_num": "engine_number",
    "register_date": "registration_date",
    "issue_date": "issue_date",
    "plate_num_b": "plate_number_back",
    "record": "file_number",
    "passengers_num": "seats",
    "total_quality": "gross_mass",
    "prepare_quality": "curb_mass",
    "overall_size": "overall_dimensions",
}
LICENCE_PAGES: Mapping[str, str] = {
    "card_position_front": "front",
    "card_position_back": "back",
}

# WeChat's documents spell two keys in two ways, and its clients are split between them.
SECOND_SPELLINGS: Mapping[str, str] = {
    "vehicle_type": "vhicle_type",
    "prepare_quality": "totalprepare_quality_quality",
}

# Clients of the first document read no other plate than the second page's.
PLATE = "plate_num"
PLATE_BACK = "plate_num_b"

# Keys of the detail.
FIELDS = "fields"
CONFIDENCE = "confidence"
WARNINGS = "warnings"
