"""The words of WeChat's API: paths, parameters, keys."""

from __future__ import annotations

# Paths.
TOKEN_PATH = "/cgi-bin/token"  # noqa: S105 - a path
TEXT_PATH = "/cv/ocr/comm"
CALL_FOLDERS = ("/cv/", "/cgi-bin/")

# Parameters of the query. The two tokens mean the same; a client sends either.
ACCESS_TOKEN = "access_token"  # noqa: S105 - a name
CLOUD_ACCESS_TOKEN = "cloudbase_access_token"  # noqa: S105 - a name
GRANT_TYPE = "grant_type"
APP_ID = "appid"
SECRET = "secret"  # noqa: S105 - a name
CLIENT_CREDENTIAL = "client_credential"

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
ITEMS = "items"
TEXT = "text"
PLACE = "pos"
IMAGE_SIZE = "img_size"
