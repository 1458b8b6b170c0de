"""What works on this machine, found out by trying it."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

import msgspec

from recorder_app import __version__
from recorder_app.capture.desktop_session import require_screen
from recorder_app.errors import EncoderFailed, RecorderError
from recorder_app.media import profiles
from recorder_app.media.codecs import (
    VideoFormat,
    library_versions,
    try_encoder,
    try_sound_encoder,
)
from recorder_app.media.denoise import Denoiser
from recorder_app.services.devices import DeviceList, list_devices
from recorder_app.services.preferences import recordings_folder
from recorder_app.settings.store import SettingsStore
from recorder_app.system.session import session_type
from recorder_app.texts import N_, translate

# Less than this is not enough for a recording worth starting; the engine's own limits are lower.
_FREE_BYTES = 500_000_000
_LISTEN_S = 0.2
_TRIAL = VideoFormat(1280, 720, 30, profiles.DEFAULT_QUALITY)


class Check(msgspec.Struct, frozen=True):
    """One thing tried. `required` ones must work for a recording to be possible."""

    name: str
    works: bool
    detail: str
    hint: str = ""
    required: bool = False


class Diagnosis(msgspec.Struct, frozen=True):
    """All checks; `can_record` is what ``doctor`` exits by."""

    can_record: bool
    version: str
    system: str
    libraries: str
    checks: list[Check]


def diagnose() -> Diagnosis:
    """Try display, capture, sound, every encoder and the disk. Takes a second or two."""
    store = SettingsStore(keeps_broken=True)
    stored = store.current
    checks = [
        *_screen(),
        *_sound(),
        *_encoders(stored.video.format),
        *_sound_encoders(stored.video.format),
        _disk(recordings_folder(stored)),
        _settings(store),
    ]
    return Diagnosis(
        can_record=all(check.works for check in checks if check.required),
        version=__version__,
        system=f"{platform.platform()}, Python {platform.python_version()}",
        libraries=library_versions(),
        checks=checks,
    )


def _screen() -> list[Check]:
    kind = session_type()
    try:
        require_screen()
    except RecorderError as error:
        return [Check("display", False, error.message, error.hint, required=True)]
    display = os.environ.get("DISPLAY", "")
    checks = [Check("session", True, f"{kind} {display}".strip())]
    try:
        checks += _capture()
    except RecorderError as error:
        checks.append(Check("display", False, error.message, error.hint, required=True))
    return checks


def _capture() -> list[Check]:
    from recorder_app.capture.trial import try_capture

    trial = try_capture()
    return [
        Check("display", True, trial.monitors, required=True),
        Check("capture", True, trial.backend, required=True),
        Check(
            "change reports",
            trial.has_change_reports,
            "X DAMAGE" if trial.has_change_reports else "every picture is compared",
        ),
    ]


def _encoders(wanted: str) -> list[Check]:
    known = profiles.load()
    checks = []
    for name, encoder in known.encoders.items():
        failure = try_encoder(name, _TRIAL)
        label = f"encoder {name}"
        kind = f"{encoder.codec}, hardware" if encoder.hardware else encoder.codec
        checks.append(Check(label, not failure, f"{kind}: {failure}" if failure else kind))
    works = {check.name.removeprefix("encoder ") for check in checks if check.works}
    for name, profile in known.profiles.items():
        usable = [rung for rung in profile.video if rung in works]
        checks.append(
            Check(
                f"format {name}",
                bool(usable),
                translate(N_("recorded with {encoder}"), encoder=usable[0])
                if usable
                else translate(N_("no encoder works")),
                "" if usable else translate(N_("Choose another --format.")),
                required=name == wanted,
            )
        )
    return checks


def _sound() -> list[Check]:
    found = list_devices(_LISTEN_S)
    return [
        Check("sound server", bool(found.server), found.server or found.problem),
        _device("microphone", found, N_("There is no microphone.")),
        _device("system sound", found, N_("System sound cannot be recorded here.")),
    ]


def _device(name: str, found: DeviceList, missing: str) -> Check:
    """Return whether the default device of a kind can be recorded, and how loud it is now."""
    kind = name.split()[0]
    default = next((each for each in found.devices if each.kind == kind and each.is_default), None)
    if default is None:
        return Check(
            name, False, translate(missing if found.server else N_("It needs a sound server."))
        )
    if not default.works:
        return Check(name, False, f"{default.description}: {default.problem}")
    if default.is_muted:
        return Check(
            name,
            False,
            translate(N_("{name} is muted."), name=default.description),
            translate(N_("Switch it on in the system's sound settings.")),
        )
    level = translate(N_("silent now")) if default.is_silent else f"{default.peak_db:.0f} dB"
    return Check(name, True, f"{default.description}, {level}")


def _sound_encoders(wanted: str) -> list[Check]:
    known = profiles.load()
    needed = known.profiles[wanted].sound
    checks = []
    for name, encoder in known.sound_encoders.items():
        failure = try_sound_encoder(name)
        detail = f"{encoder.codec}: {failure}" if failure else encoder.codec
        checks.append(Check(f"sound encoder {name}", not failure, detail, required=name in needed))
    try:
        Denoiser(1)
    except EncoderFailed as error:
        return [*checks, Check("noise filter", False, error.message, error.hint)]
    return [*checks, Check("noise filter", True, "--denoise")]


def _disk(folder: Path) -> Check:
    # The folder is made with the first recording; until then its nearest parent counts.
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return Check("disk", False, f"{existing}: {error.strerror}", required=True)
    is_writable = os.access(existing, os.W_OK)
    works = is_writable and free >= _FREE_BYTES
    detail = translate(
        N_("{folder}: {free} GB free") if is_writable else N_("{folder} cannot be written"),
        folder=folder,
        free=f"{free / 1e9:.1f}",
    )
    hint = "" if works else translate(N_("Free some space, or record elsewhere with --output."))
    return Check("disk", works, detail, hint, required=True)


def _settings(store: SettingsStore) -> Check:
    """Return whether all that is stored is used; recording works all the same."""
    if not store.problems:
        return Check("settings", True, str(store.path))
    return Check("settings", False, " ".join(str(problem) for problem in store.problems))
