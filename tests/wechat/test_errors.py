"""Claims about which errcode an error becomes."""

from __future__ import annotations

import pytest

from shizi.core import errors
from shizi.wechat.errors import CLOUD_FAULTS, FAULTS, Fault, tell


def descendants(kind: type[errors.ShiziError]) -> list[type[errors.ShiziError]]:
    found = [kind]
    for child in kind.__subclasses__():
        found += descendants(child)
    return found


LEAVES = [kind for kind in descendants(errors.ShiziError) if not kind.__subclasses__()]


@pytest.mark.parametrize("kind", LEAVES)
def test_every_error_has_an_answer_in_the_table(
    kind: type[errors.ShiziError],
) -> None:
    assert any(ancestor in FAULTS for ancestor in kind.__mro__)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (
            errors.TokenError(),
            40001,
            "invalid credential, access_token is invalid or not latest",
        ),
        (errors.TokenExpiredError(), 42001, "access_token expired"),
        (errors.TokenFormError(), 40014, "invalid access_token"),
        (errors.DataFormatError(), 47001, "data format error"),
        (errors.ApiForbiddenError(), 48001, "api unauthorized"),
        (errors.PathFormError(), 76003, "invalid cgi_path"),
        (errors.PathError(), 76021, "cgi_path not found, please check"),
        (
            errors.PathForbiddenError(),
            76022,
            "could not use this cgi_path, no permission",
        ),
        (
            errors.ThrottledError(),
            45011,
            "api minute-quota reach limit mustslower retry next minute",
        ),
        (errors.RefreshLimitError(), 45009, "reach max api daily quota limit"),
        (
            errors.ResetLimitError(),
            48006,
            "forbid to clear quota because of reaching the limit",
        ),
        (errors.TokenMissingError(), 41001, "access_token missing"),
        (errors.GrantTypeError(), 40002, "invalid grant_type"),
        (errors.AppIdError(), 40013, "invalid appid"),
        (errors.AppIdMissingError(), 41002, "appid missing"),
        (errors.SecretMissingError(), 41004, "appsecret missing"),
        (errors.SecretError(), 40125, "invalid appsecret"),
        (errors.MethodError(), 43002, "require POST method"),
        (errors.UnknownCallError(), 40066, "invalid url"),
        (errors.ImageMissingError(), 41005, "media data missing"),
        (errors.ImageSizeError(), 40006, "invalid media size"),
        (errors.ImageFetchError(), 101000, "invalid image url"),
        (errors.ImageDecodeError(), 101002, "decode image failed"),
        (errors.CardNotFoundError(), 101001, "certificate not found"),
        (errors.QuotaError(), 101003, "not enough market quota"),
        (errors.BusyError(), -1, "system error"),
        (errors.WorkerError(), -1, "system error"),
        (errors.StoreError(), -1, "system error"),
        (errors.ShiziError(), -1, "system error"),
        (ZeroDivisionError(), -1, "system error"),
    ],
)
def test_an_error_is_told_as_wechat_tells_it(
    error: Exception, code: int, text: str
) -> None:
    assert tell(error) == Fault(code, text)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.UnknownCallError(), -604100, "API not found"),
        (
            errors.ApiForbiddenError(),
            -604101,
            "function has no permission to call this API",
        ),
        (errors.SignatureError(), -501001, "resource system error"),
        (errors.MessageError(), -501007, "invalid parameters"),
        (errors.QuotaError(), 101003, "not enough market quota"),
    ],
)
def test_a_cloud_call_is_told_some_errors_in_its_own_way(
    error: Exception, code: int, text: str
) -> None:
    assert tell(error, CLOUD_FAULTS) == Fault(code, text)


def test_only_errors_of_the_token_make_clients_fetch_a_new_one() -> None:
    refetched = {40001, 40014, 42001}
    kinds = {kind for kind, fault in FAULTS.items() if fault.code in refetched}
    assert kinds == {
        errors.TokenError,
        errors.TokenFormError,
        errors.TokenExpiredError,
    }


def test_an_error_yet_unknown_is_told_as_its_ancestor() -> None:
    class StaleError(errors.TokenError):
        """An error that the table does not name."""

    assert tell(StaleError()) == FAULTS[errors.TokenError]
