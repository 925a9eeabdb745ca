"""The words of WeChat's API: paths, parameters, keys."""

from __future__ import annotations

# Paths.
TOKEN_PATH = "/cgi-bin/token"  # noqa: S105 - a path
STABLE_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path
CLEAR_QUOTA_PATH = "/cgi-bin/clear_quota"
CLEAR_QUOTA_BY_SECRET_PATH = "/cgi-bin/clear_quota/v2"  # noqa: S105 - a path
QUOTA_PATH = "/cgi-bin/openapi/quota/get"
OPEN_DATA_PATH = "/wxa/getopendata"
TEXT_PATH = "/cv/ocr/comm"
LICENCE_PATH = "/cv/ocr/driving"
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
MODE = "type"

# How a document lies before the camera; anything else is read as a photo.
PHOTO = "photo"
SCAN = "scan"

# Parts of a form that are a file even when no file name says so. WxJava calls its part
# `file`, PowerWeChat leaves the name empty.
FILE_PARTS = frozenset({"img", "media", "file", ""})

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
