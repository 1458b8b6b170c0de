"""Where the result of an export goes."""

from __future__ import annotations

import os
from pathlib import Path

from recorder_app.edit.presets import ORIGINAL
from recorder_app.edit.timeline import EditList
from recorder_app.errors import InvalidRequest, OutputExists, OutputNotWritable
from recorder_app.jobs.sources import refuse_source
from recorder_app.services.walking import MEDIA_SUFFIXES
from recorder_app.texts import N_, translate


def done_to(edits: EditList, preset: str) -> str:
    """Return the word that titles and names of results have for what was done."""
    if preset != ORIGINAL:
        return preset
    return translate(N_("copy")) if edits.is_whole else translate(N_("trimmed"))


def default_name(source: Path, word: str, extension: str) -> str:
    """Return a name for what is made of `source`."""
    return f"{source.stem} ({word}).{extension}".removesuffix(".")


def check_is_recording(extension: str) -> None:
    """Raise InvalidRequest for what cannot be a version: the library could not read it."""
    if f".{extension}" not in MEDIA_SUFFIXES:
        raise InvalidRequest(
            N_("What this preset makes cannot be a recording of the library."),
            hint=N_("Say where it is to go with --output."),
        )


def check_target(target: Path, source: Path, extension: str, *, overwrite: bool) -> Path:
    """Return `target`, whole and with its extension, if it can be written.

    Raises InvalidRequest where it is the source, or of another kind; OutputExists; and
    OutputNotWritable for a folder that is not there or not ours.
    """
    target = Path(os.path.abspath(target))
    if extension and not target.suffix:
        target = target.with_name(f"{target.name}.{extension}")
    if extension and target.suffix.lower() != f".{extension}":
        raise InvalidRequest(
            N_("The result is a .{extension} file; {name} says something else."),
            hint=N_("Let its name end in .{extension}."),
            extension=extension,
            name=target.name,
        )
    refuse_source(source, target)
    check_folder(target.parent)
    if os.path.lexists(target) and (not overwrite or not target.is_file()):
        raise OutputExists(
            N_("{path} exists already."),
            hint=N_("Choose another name; on the command line, --overwrite replaces it."),
            path=target,
        )
    return target


def check_folder(folder: Path) -> None:
    """Raise OutputNotWritable for a folder that is not there or cannot be written."""
    if not folder.is_dir():
        raise OutputNotWritable(
            N_("There is no folder {folder}."),
            hint=N_("Make it first, or choose another one."),
            folder=folder,
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputNotWritable(
            N_("The folder {folder} cannot be written."),
            hint=N_("Choose a folder that you may write to."),
            folder=folder,
        )
