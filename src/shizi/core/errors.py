"""Every error of our own, in one tree.

::

    ShiziError
    ├── InputError                what the caller sent cannot be used
    │   ├── ImageMissingError     neither a picture nor an address came
    │   ├── ImageSizeError        the file is too large
    │   ├── ImageDecodeError      the file is no picture that we read
    │   ├── ImageFetchError       nothing usable stands behind the address
    │   ├── CardNotFoundError     the picture shows no such document
    │   ├── MethodError           the HTTP method is not one for this call
    │   ├── MessageError          the message of a cloud call is damaged
    │   ├── UnknownCallError      no call has this path
    │   ├── DataFormatError       the body is not the JSON that the call asks for
    │   ├── FormError             a form of the console holds what cannot be
    │   ├── PathFormError         a quota was asked for by what is no path
    │   └── PathError             a quota was asked for of a path that has none
    ├── AccessError               who calls may not
    │   ├── GrantTypeError        a token was asked for by an unknown grant
    │   ├── AppIdMissingError
    │   ├── AppIdError            no app has this id
    │   ├── AppExistsError        the id to be added is taken
    │   ├── SecretMissingError
    │   ├── SecretError           the secret is not the app's
    │   ├── TokenMissingError
    │   ├── TokenError            the token is unknown or was replaced
    │   │   └── TokenFormError    it has a form that no token has
    │   ├── TokenExpiredError
    │   ├── ThrottledError        too many wrong secrets came from one place
    │   ├── RefreshLimitError     the forced tokens of the day are used up
    │   ├── SignatureError        what shall prove the secret does not
    │   │   └── StaleSignatureError   not any more
    │   ├── ApiForbiddenError     the app may not make this call at all
    │   │   └── PathForbiddenError    nor ask for its quota
    │   ├── QuotaError            the calls of the day are used up
    │   ├── ResetLimitError       the resets of the month are used up
    │   ├── PlanNameError         no plan has this name
    │   ├── PlanInUseError        the plan to be removed is an app's
    │   ├── LoginError            the console asks who it is first
    │   ├── PasswordError         the password is not the operator's
    │   ├── PasswordUnsetError    the operator has no password yet
    │   └── ForgedFormError       a form came from elsewhere, or is too old
    ├── CloudError                a cloud call of ours to a server failed
    ├── ServiceError              we cannot answer now
    │   ├── BusyError             every place in the queue is taken
    │   ├── WorkerError           the process that read the picture ended
    │   ├── GoneError             nobody waits for the answer any more
    │   └── TaskError             reading failed by a fault of our own
    └── SetupError                the installation is not fit to run
        ├── ModelError            a model file is missing or altered
        ├── EngineError           the inference library is missing or fails
        ├── SpecError             the description of a document is malformed
        ├── StoreError            the data directory cannot be used
        ├── ClusterError          Ray cannot be used
        ├── SourceError           pictures for a bulk run cannot be had
        ├── JournalError          the journal of a run cannot be gone on with
        └── OutputError           what was read cannot be written

Messages never hold image bytes, recognised text, tokens or secrets.
"""


class ShiziError(Exception):
    """Base of every error that shizi raises on purpose."""


class InputError(ShiziError):
    """What the caller sent cannot be used."""


class ImageMissingError(InputError):
    """The call brought neither a picture nor an address of one."""


class ImageSizeError(InputError):
    """The picture's file is larger than the service takes."""


class ImageDecodeError(InputError):
    """The file is not a picture that can be decoded within the limits."""


class ImageFetchError(InputError):
    """No picture could be fetched from the address."""


class CardNotFoundError(InputError):
    """The picture shows no document of the kind that was asked for."""


class MethodError(InputError):
    """The HTTP method does not belong to this call."""


class MessageError(InputError):
    """The message of a cloud call is damaged or lacks a part."""


class UnknownCallError(InputError):
    """No call of the API has this path."""


class DataFormatError(InputError):
    """The body is not the JSON object that the call asks for."""


class FormError(InputError):
    """A form of the console holds a value that cannot be."""


class PathFormError(InputError):
    """A quota was asked for by something that is not the path of a call."""


class PathError(InputError):
    """A quota was asked for of a path that no counted call has."""


class AccessError(ShiziError):
    """The caller is unknown or may not make this call."""


class GrantTypeError(AccessError):
    """A token was asked for by a grant type other than client_credential."""


class AppIdMissingError(AccessError):
    """A token was asked for without an app id."""


class AppIdError(AccessError):
    """No app has the given id."""


class AppExistsError(AccessError):
    """An app with the given id exists already."""


class SecretMissingError(AccessError):
    """A token was asked for without a secret."""


class SecretError(AccessError):
    """The secret is not the one of the app."""


class TokenMissingError(AccessError):
    """The call carries no token."""


class TokenError(AccessError):
    """The token was never issued, or a newer one replaced it."""


class TokenFormError(TokenError):
    """What was sent as a token has a form that no token has."""


class TokenExpiredError(AccessError):
    """The token's lifetime has passed."""


class ThrottledError(AccessError):
    """Too many wrong secrets of one app came from one place."""


class RefreshLimitError(AccessError):
    """The app has forced as many new tokens as a day allows."""


class SignatureError(AccessError):
    """The call's signature is not the app's."""


class StaleSignatureError(SignatureError):
    """The call's signature is too old, or was used before."""


class ApiForbiddenError(AccessError):
    """The app may not make this call."""


class PathForbiddenError(ApiForbiddenError):
    """The app may not ask for the quota of this call."""


class QuotaError(AccessError):
    """The app has used up the calls of the day for this API."""


class ResetLimitError(AccessError):
    """The app has reset its counts as often as a month allows."""


class PlanNameError(AccessError):
    """No plan has the given name."""


class PlanInUseError(AccessError):
    """The plan to be removed is the plan of an app."""


class LoginError(AccessError):
    """The console shows this only to those who have logged in."""


class PasswordError(AccessError):
    """The password is not the operator's."""


class PasswordUnsetError(AccessError):
    """The operator has no password yet, so nobody can log in."""


class ForgedFormError(AccessError):
    """A form was not sent by a page of this server, or by one too old."""


class CloudError(ShiziError):
    """A cloud call failed, as WeChat's SDK tells it.

    Attributes:
        errCode: The errcode of the API, or a code of the SDK's.
        errMsg: What happened, after the API's name.
    """

    def __init__(self, code: int, text: str) -> None:
        """Take the code and the whole text."""
        super().__init__(code, text)
        self.errCode = code
        self.errMsg = text

    def __str__(self) -> str:
        """Return the text and the code."""
        return f"{self.errMsg} ({self.errCode})"


class ServiceError(ShiziError):
    """The service cannot answer now; the same call may succeed later."""


class BusyError(ServiceError):
    """Every place in the queue is taken."""


class WorkerError(ServiceError):
    """The process that was reading the picture ended before it answered."""


class GoneError(ServiceError):
    """Nobody waits for the answer any more."""


class TaskError(ServiceError):
    """Reading failed by a fault of our own."""


class SetupError(ShiziError):
    """The installation is not fit to run."""


class ModelError(SetupError):
    """A model file is missing or is not the one expected."""


class EngineError(SetupError):
    """The inference library is missing or refuses the model."""


class SpecError(SetupError):
    """The description of a document is malformed."""


class StoreError(SetupError):
    """The data directory or its database cannot be used."""


class ClusterError(SetupError):
    """Ray is missing, does not answer, or is asked for what only one machine can do."""


class SourceError(SetupError):
    """A source of pictures, or one of its files, cannot be read."""


class JournalError(SetupError):
    """The journal of a run is damaged, in use, or that of another run."""


class OutputError(SetupError):
    """What was read cannot be written where it shall be."""
