"""From what a person asked for to a session that records it."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from recorder_app import paths
from recorder_app.capture.sources import create_microphone, create_source, create_system_sound
from recorder_app.capture.targets import SyntheticTarget, Target, WindowTarget, parse_target
from recorder_app.errors import InvalidSettingError, OutputExists, OutputNotWritable
from recorder_app.library.ids import new_id
from recorder_app.media import profiles
from recorder_app.media.clock import Clock, SystemClock
from recorder_app.media.outfile import storage_error
from recorder_app.pipeline.events import Event
from recorder_app.pipeline.plan import Need, RecordingPlan, SoundPlan
from recorder_app.pipeline.session import RecordingSession
from recorder_app.settings import RecordingSettings, validated
from recorder_app.settings.naming import DEFAULT_TEMPLATE, file_stem
from recorder_app.texts import N_, translate


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a recording goes that is given no name: `folder` None is the Videos folder."""

    folder: Path | None = None
    template: str = DEFAULT_TEMPLATE


_NAMING = Naming()
_NUMBER = r"\d+|0x[0-9a-fA-F]+"


def plan_recording(
    settings: RecordingSettings,
    *,
    output: Path | None = None,
    overwrite: bool = False,
    naming: Naming = _NAMING,
    clock: Clock | None = None,
) -> RecordingPlan:
    """Check everything that can be checked without touching a device and return the plan.

    Raises InvalidRequest, CaptureError or StorageError.
    """
    validated(settings)
    known = profiles.load()
    container = known.container_of(settings.format)
    if settings.quality not in profiles.QUALITIES:
        raise InvalidSettingError(
            N_("There is no quality named {name}."),
            hint=N_("Choose one of: {known}."),
            name=settings.quality,
            known=", ".join(profiles.QUALITIES),
        )
    target = parse_target(settings.target)
    clock = clock or SystemClock()
    source = create_source(target, clock, with_cursor=settings.cursor)
    kind = "Test pattern" if isinstance(target, SyntheticTarget) else "Screen"
    path, is_generated = choose_output(
        output,
        container.extension,
        kind,
        overwrite=overwrite,
        naming=naming,
        title=_title(target),
    )
    return RecordingPlan(
        source=source,
        output=path,
        profile=settings.format,
        quality=settings.quality,
        fps=settings.fps,
        target=settings.target,
        recording_id=new_id(),
        limit_s=settings.duration,
        limit_bytes=None if settings.max_size is None else round(settings.max_size * 1e6),
        stop_at=stop_time(settings.until) if settings.until else None,
        delay_s=settings.delay,
        sounds=tuple(
            sounds_of(settings, clock, has_screen=not isinstance(target, SyntheticTarget))
        ),
        separate_tracks=settings.separate_tracks,
        sound_offset_ms=settings.sound_offset,
        overwrite=overwrite,
        is_generated=is_generated,
    )


def _title(target: Target) -> str:
    """Return the title of a window that was named by it; a number says nothing in a name."""
    if not isinstance(target, WindowTarget) or re.fullmatch(_NUMBER, target.query):
        return ""
    return target.query


def stop_time(text: str, now: datetime | None = None) -> datetime:
    """Return when it is next `text` o'clock, such as 17:30: today, or tomorrow.

    Raises InvalidSettingError.
    """
    now = now or datetime.now().astimezone()
    try:
        wanted = time.fromisoformat(text.strip().zfill(5))
    except ValueError as error:
        raise InvalidSettingError(
            N_("“{text}” is no time of day."),
            hint=N_("Use hours and minutes, such as 17:30."),
            text=text,
        ) from error
    # Without a zone, so that it is the clock on the wall also when summer time ends tonight.
    plain = now.replace(tzinfo=None)
    found = datetime.combine(plain.date(), wanted)
    return (found if found > plain else found + timedelta(days=1)).astimezone()


def sounds_of(
    settings: RecordingSettings, clock: Clock, *, has_screen: bool
) -> Iterator[SoundPlan]:
    """Yield the sound sources that were asked for.

    System sound is on by itself with a screen, not with a test pattern, and then only where it can
    be had.
    """
    if settings.mic != "none":
        is_default = settings.mic == "default"
        yield SoundPlan(
            create_microphone(settings.mic, clock),
            "microphone",
            Need.WANTED if is_default else Need.REQUIRED,
            settings.mic_gain,
            settings.denoise,
        )
    if settings.system_audio:
        yield SoundPlan(create_system_sound(clock), "system", Need.WANTED)
    elif settings.system_audio is None and has_screen:
        yield SoundPlan(create_system_sound(clock), "system", Need.OPTIONAL)


def create_session(
    plan: RecordingPlan, on_event: Callable[[Event], None], clock: Clock | None = None
) -> RecordingSession:
    """Return a session for `plan` that was not started yet."""
    return RecordingSession(plan, clock=clock, on_event=on_event)


def choose_output(
    output: Path | None,
    extension: str,
    kind: str,
    *,
    overwrite: bool,
    naming: Naming = _NAMING,
    title: str = "",
    now: datetime | None = None,
) -> tuple[Path, bool]:
    """Return the absolute path to record to, and whether its name is of our choice.

    Without `output` it is a new name in the folder of `naming`, made if it is missing. An existing
    folder as `output` gets such a name inside it. `title` is that of a window. Raises StorageError
    when the folder is missing or cannot be written, or the file exists.
    """
    now = now or datetime.now().astimezone()
    path = (naming.folder or paths.videos_folder()) if output is None else output
    try:
        if output is None:
            path.mkdir(parents=True, exist_ok=True)
        path = Path(os.path.abspath(path.expanduser()))
        # Refused here rather than in the middle: the name is part of JSON texts.
        str(path).encode()
        if path.is_dir():
            _writable(path)
            return _free_name(path, extension, _stems(naming.template, kind, title, now)), True
        _check_name(path, extension, overwrite=overwrite)
    except OSError as error:
        raise storage_error(error, path) from error
    except (RuntimeError, UnicodeError) as error:
        raise OutputNotWritable(
            N_("The name {name} is not possible ({reason})."),
            hint=N_("Choose another; on the command line, with --output."),
            name=ascii(str(path)),
            reason=error,
        ) from error
    return path, False


def _check_name(output: Path, extension: str, *, overwrite: bool) -> None:
    _writable(output.parent)
    if output.suffix.lower() != f".{extension}":
        raise InvalidSettingError(
            N_("{name} does not fit the format: its files end in .{extension}."),
            hint=N_("Change the name, or choose another format."),
            name=output.name,
            extension=extension,
        )
    if output.exists() and not overwrite:
        raise OutputExists(
            N_("{path} exists already."),
            hint=N_("Choose another name; on the command line, --overwrite replaces it."),
            path=output,
        )


def _writable(folder: Path) -> Path:
    if not folder.is_dir():
        raise OutputNotWritable(
            N_("There is no folder {folder}."),
            hint=N_(
                "Make the folder, or choose another in the settings; on the command line, with "
                "--output."
            ),
            folder=folder,
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputNotWritable(
            N_("The folder {folder} cannot be written."),
            hint=N_(
                "Choose a folder that you may write to in the settings; on the command line, with "
                "--output."
            ),
            folder=folder,
        )
    return folder


def _stems(template: str, kind: str, title: str, now: datetime) -> Iterator[str]:
    """Yield names without suffix, each but for those before it."""
    first = ""
    for number in itertools.count(1):
        stem = file_stem(template, kind=translate(kind), title=title, now=now, number=number)
        # A template without {number} gives the same name again.
        yield f"{stem} ({number})" if stem == first else stem
        first = first or stem


def _free_name(folder: Path, extension: str, stems: Iterator[str]) -> Path:
    names = (folder / f"{stem}.{extension}" for stem in stems)
    return next(path for path in names if not path.exists())
