"""The one table from our errors to WeChat's codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shizi.core import errors

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fault(NamedTuple):
    """An error as WeChat tells it.

    Attributes:
        code: The `errcode`.
        text: What `errmsg` begins with; clients compare it letter by letter.
    """

    code: int
    text: str


SYSTEM_ERROR = Fault(-1, "system error")

# The texts are those of the documents and of replies quoted in public. A class that is
# not here is told as the nearest of its ancestors that is.
FAULTS: Mapping[type[errors.ShiziError], Fault] = {
    errors.ImageMissingError: Fault(41005, "media data missing"),
    # No source gives the code of a file over 2 MB; this is the nearest.
    errors.ImageSizeError: Fault(40006, "invalid media size"),
    errors.ImageDecodeError: Fault(101002, "decode image failed"),
    errors.ImageFetchError: Fault(101000, "invalid image url"),
    errors.CardNotFoundError: Fault(101001, "certificate not found"),
    errors.MethodError: Fault(43002, "require POST method"),
    errors.UnknownCallError: Fault(40066, "invalid url"),
    errors.DataFormatError: Fault(47001, "data format error"),
    # The document gives the code, and no source its text.
    errors.PathFormError: Fault(76003, "invalid cgi_path"),
    errors.PathError: Fault(76021, "cgi_path not found, please check"),
    errors.GrantTypeError: Fault(40002, "invalid grant_type"),
    errors.AppIdMissingError: Fault(41002, "appid missing"),
    errors.AppIdError: Fault(40013, "invalid appid"),
    errors.SecretMissingError: Fault(41004, "appsecret missing"),
    errors.SecretError: Fault(40125, "invalid appsecret"),
    errors.TokenMissingError: Fault(41001, "access_token missing"),
    # Clients fetch a new token on 40001 and 42001, some without end: only the token may
    # be told so. EasyWeChat looks for the whole text of 42001.
    errors.TokenError: Fault(
        40001, "invalid credential, access_token is invalid or not latest"
    ),
    errors.TokenFormError: Fault(40014, "invalid access_token"),
    errors.TokenExpiredError: Fault(42001, "access_token expired"),
    errors.ThrottledError: Fault(
        45011, "api minute-quota reach limit mustslower retry next minute"
    ),
    errors.RefreshLimitError: Fault(45009, "reach max api daily quota limit"),
    errors.ApiForbiddenError: Fault(48001, "api unauthorized"),
    errors.PathForbiddenError: Fault(
        76022, "could not use this cgi_path, no permission"
    ),
    errors.QuotaError: Fault(101003, "not enough market quota"),
    # Of cloud calls alone: the codes that the SDK makes of `SIGN_PARAM_INVALID`, which
    # it does not know, and of `INVALID_PARAM`.
    errors.SignatureError: Fault(-501001, "resource system error"),
    errors.MessageError: Fault(-501007, "invalid parameters"),
    errors.ResetLimitError: Fault(
        48006, "forbid to clear quota because of reaching the limit"
    ),
    # Not the caller's fault, or of no call at all. Clients try again on -1.
    errors.AppExistsError: SYSTEM_ERROR,
    errors.PlanNameError: SYSTEM_ERROR,
    errors.PlanInUseError: SYSTEM_ERROR,
    errors.FormError: SYSTEM_ERROR,
    errors.LoginError: SYSTEM_ERROR,
    errors.PasswordError: SYSTEM_ERROR,
    errors.PasswordUnsetError: SYSTEM_ERROR,
    errors.ForgedFormError: SYSTEM_ERROR,
    errors.CloudError: SYSTEM_ERROR,
    errors.ServiceError: SYSTEM_ERROR,
    errors.SetupError: SYSTEM_ERROR,
}

# What cloud calls are told otherwise; the texts are the SDK's own.
CLOUD_FAULTS: Mapping[type[errors.ShiziError], Fault] = {
    **FAULTS,
    errors.UnknownCallError: Fault(-604100, "API not found"),
    errors.ApiForbiddenError: Fault(
        -604101, "function has no permission to call this API"
    ),
}


def tell(
    error: BaseException, faults: Mapping[type[errors.ShiziError], Fault] = FAULTS
) -> Fault:
    """Return how an error is told; one that is not ours is a system error."""
    for kind in type(error).__mro__:
        if fault := faults.get(kind):
            return fault
    return SYSTEM_ERROR
