"""The error tree. Every failure a person may see is one of these.

::

    RecorderError               code, message, hint, retryable
      Cancelled                 the user's own wish, never shown as a failure
      InvalidRequest            arguments, settings, illegal state
        InvalidSettingError
          UnknownSettingError
        InvalidRegionError
        InvalidStateError
        NotRunning
        AlreadyRunning
      CaptureError              the picture or the sound cannot be had
        SourceUnavailable
          SoundServerUnavailable
          SoundServerSilent
        PermissionDenied
        TargetLost
      EncodingError
        CodecUnavailable
        EncoderFailed
        PipelineStalled
      StorageError
        DiskFull
        OutputNotWritable
        OutputExists
        SettingsError           the file of the stored settings
          SettingsLocked
          SettingsBroken
          SettingsTooNew
        LibraryError            the library's database; media are never touched by it
          LibraryLocked
          LibraryCorrupt
          LibraryTooNew
      MediaError
        UnreadableMedia
        UnsupportedMedia
        MediaChanged
        SourceChanged
      ShareError                a server cannot be reached, or does not do what is asked
        Unreachable
          ProxyFailed
        CertificateRejected
        RateLimited
        ServerFailed
          AnswerUnreadable
        ClockWrong
        RegionWrong
        AuthenticationRejected
        PermissionRejected
        QuotaExceeded
        RemoteNotFound
        RemoteConflict
        RemoteRejected
        ChecksumMismatch
      SecretsError              the system's keyring cannot be used
        SecretsLocked
        SecretsAbsent
        SecretsRefused
        SecretsSilent
      IntegrationError          a part of the desktop cannot be used; recording goes on without it
        ShortcutsUnavailable
          ShortcutTaken
        AutostartError
        NetworkMetered
      InternalError             our own bug

A foreign exception is translated at the border where it comes in (mss, xcffib and sounddevice in
``capture``, PyAV in ``media``, files in ``media.outfile``, HTTP in ``share``) with
``raise ... from``.
"""

from typing import ClassVar

from recorder_app.texts import N_, translate


class RecorderError(Exception):
    """Base of all errors that reach a person.

    `message` says what happened and `hint` what to do about it; both are templates that are
    translated, and filled with `details`, when they are shown. `code` is stable and
    machine-readable, `exit_code` is the command line's status, `retryable` says whether the same
    call may succeed later.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 70
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, /, *, hint: str = "", **details: object) -> None:
        super().__init__(message)
        self._message = message
        self._hint = hint
        self.details = details

    @property
    def message(self) -> str:
        return translate(self._message, **self.details)

    @property
    def hint(self) -> str:
        return translate(self._hint, **self.details)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class Cancelled(RecorderError):
    code = "cancelled"
    exit_code = 9


class InvalidRequest(RecorderError):
    code = "invalid_request"
    exit_code = 2


class InvalidSettingError(InvalidRequest):
    code = "invalid_setting"


class UnknownSettingError(InvalidSettingError):
    """There is no stored setting of that name."""

    code = "unknown_setting"


class InvalidRegionError(InvalidRequest):
    code = "invalid_region"


class NotRunning(InvalidRequest):
    """Nothing is there that could carry out a command."""

    code = "not_running"


class AlreadyRunning(InvalidRequest):
    """Another process is what this one was to become."""

    code = "already_running"


class InvalidStateError(InvalidRequest):
    """A command that the state of the recording does not allow."""

    code = "invalid_state"

    def __init__(self, state: str, command: str) -> None:
        super().__init__(
            N_("A recording that is {state} cannot take the command “{command}”."),
            state=state,
            command=command,
        )


class CaptureError(RecorderError):
    code = "capture"
    exit_code = 3


class SourceUnavailable(CaptureError):
    code = "source_unavailable"


class SoundServerUnavailable(SourceUnavailable):
    """There is no sound server to talk to. One that is there and does not answer is not meant:
    whoever took another way to the devices would wait for it there, without a limit of time.
    """


class SoundServerSilent(SourceUnavailable):
    """There is a sound server, but it does not answer now; it may later."""


class PermissionDenied(CaptureError):
    code = "permission_denied"


class TargetLost(CaptureError):
    """The monitor, window or display went away during the recording."""

    code = "target_lost"


class EncodingError(RecorderError):
    code = "encoding"
    exit_code = 4


class CodecUnavailable(EncodingError):
    code = "codec_unavailable"


class EncoderFailed(EncodingError):
    code = "encoder_failed"


class PipelineStalled(EncodingError):
    code = "pipeline_stalled"


class StorageError(RecorderError):
    code = "storage"
    exit_code = 5


class DiskFull(StorageError):
    code = "disk_full"


class OutputNotWritable(StorageError):
    code = "output_not_writable"


class OutputExists(StorageError):
    code = "output_exists"


class SettingsError(StorageError):
    """The stored settings cannot be read or kept; recording goes on with the defaults."""

    code = "settings"


class SettingsLocked(SettingsError):
    """Another process is writing them; the same call may succeed later."""

    code = "settings_locked"
    retryable = True


class SettingsBroken(SettingsError):
    """The file is no TOML."""

    code = "settings_broken"


class SettingsTooNew(SettingsError):
    """The file was written by a newer version of this program."""

    code = "settings_too_new"


class LibraryError(StorageError):
    """The library's database cannot be used; recordings are safe in their files."""

    code = "library"


class LibraryLocked(LibraryError):
    """Another program holds the database; the same call may succeed later."""

    code = "library_locked"
    retryable = True


class LibraryCorrupt(LibraryError):
    code = "library_corrupt"


class LibraryTooNew(LibraryError):
    """The database was written by a newer version of this program."""

    code = "library_too_new"


class MediaError(RecorderError):
    code = "media"
    exit_code = 6


class UnreadableMedia(MediaError):
    code = "unreadable_media"


class UnsupportedMedia(MediaError):
    """The file is sound, but this cannot be done with files of its kind."""

    code = "unsupported_media"


class MediaChanged(MediaError):
    """Somebody wrote to the file while it was being read."""

    code = "media_changed"
    retryable = True


class SourceChanged(MediaError):
    """The file is not the one any more that the work was asked for."""

    code = "source_changed"


class ShareError(RecorderError):
    """Sharing failed. `retry_after` is how many seconds the server asks to be left alone."""

    code = "share"
    exit_code = 7

    def __init__(
        self,
        message: str,
        /,
        *,
        hint: str = "",
        retry_after: float | None = None,
        **details: object,
    ) -> None:
        super().__init__(message, hint=hint, **details)
        self.retry_after = retry_after


class Unreachable(ShareError):
    """No connection, or it broke: nothing is known of what the server did."""

    code = "unreachable"
    retryable = True


class ProxyFailed(Unreachable):
    """The proxy does not let the call through."""

    code = "proxy_failed"


class CertificateRejected(ShareError):
    """The server cannot prove who it is; nothing was sent to it."""

    code = "certificate_rejected"


class RateLimited(ShareError):
    """The server wants fewer calls for a while."""

    code = "rate_limited"
    retryable = True


class ServerFailed(ShareError):
    """The server has a fault of its own that may pass."""

    code = "server_failed"
    retryable = True


class AnswerUnreadable(ServerFailed):
    """What came back is not what this service answers: cut off, too long, or somebody else's."""

    code = "answer_unreadable"


class ClockWrong(ShareError):
    """This computer's clock is too far from the server's for signed calls."""

    code = "clock_wrong"


class RegionWrong(ShareError):
    """The service keeps this place in another region than the one that was asked."""

    code = "region_wrong"


class AuthenticationRejected(ShareError):
    """The key is wrong, or what was signed with it has run out."""

    code = "authentication_rejected"


class PermissionRejected(ShareError):
    """The key is right but must not do this."""

    code = "permission_rejected"


class QuotaExceeded(ShareError):
    """The account's space or its size limit is used up."""

    code = "quota_exceeded"


class RemoteNotFound(ShareError):
    """The remote item is not there, or no longer."""

    code = "remote_not_found"


class RemoteConflict(ShareError):
    """The remote item is in use by another call, or not in the state that was assumed."""

    code = "remote_conflict"
    retryable = True


class RemoteRejected(ShareError):
    """The server refuses; the same call would be refused again."""

    code = "remote_rejected"


class ChecksumMismatch(ShareError):
    """What arrived is not what was sent; sending it again helps."""

    code = "checksum_mismatch"
    retryable = True


class DamagedAgain(ChecksumMismatch):
    """What arrived is not what was sent although it was sent again: more of it would not help."""

    retryable = False


class SecretsError(RecorderError):
    code = "secrets"
    exit_code = 8


class SecretsLocked(SecretsError):
    """The keyring is locked, and was not opened when it asked."""

    code = "secrets_locked"


class SecretsAbsent(SecretsError):
    """There is no keyring here."""

    code = "secrets_absent"


class SecretsRefused(SecretsError):
    """The keyring does not do what it is asked, or would not keep a secret."""

    code = "secrets_refused"


class SecretsSilent(SecretsError):
    """The keyring did not answer in time; it may be waiting for its password."""

    code = "secrets_silent"


class IntegrationError(RecorderError):
    """Something of the desktop's cannot be used. Recording works without it."""

    code = "integration"
    exit_code = 10


class ShortcutsUnavailable(IntegrationError):
    """Keys cannot be asked for here, or not all of them."""

    code = "shortcuts_unavailable"


class ShortcutTaken(ShortcutsUnavailable):
    """Another program has the combination of keys."""

    code = "shortcut_taken"


class AutostartError(IntegrationError):
    """Whether the program starts with the session cannot be read or changed."""

    code = "autostart"


class NetworkMetered(IntegrationError):
    """The system says that the network is paid by amount; what can wait does."""

    code = "network_metered"
    retryable = True


class InternalError(RecorderError):
    code = "internal"
    exit_code = 70


def from_report(code: str, message: str, hint: str) -> RecorderError:
    """Return the error that another process, or an earlier run, told about; its text is final."""
    kind = _kind_of(code)
    # Without its own beginning, which may take other things.
    error = kind.__new__(kind)
    RecorderError.__init__(error, message, hint=hint)
    return error


def _kind_of(code: str) -> type[RecorderError]:
    """Return the highest error of that code; an unknown one is of a newer version of ours."""
    kinds: list[type[RecorderError]] = [RecorderError]
    for kind in kinds:
        if kind.code == code:
            return kind
        kinds += kind.__subclasses__()
    return InternalError
