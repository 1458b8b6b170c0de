"""When each picture of a file is shown, read from its packets: nothing is decoded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from recorder_app.errors import UnreadableMedia, UnsupportedMedia
from recorder_app.media.probe import open_media, packets, pictures_of
from recorder_app.texts import N_


def picture_times(path: Path) -> list[Fraction]:
    """Return the times of the pictures of `path`, in seconds, in the order they are shown.

    All of the file is read. Raises UnreadableMedia, and UnsupportedMedia without pictures.
    """
    try:
        with open_media(path) as media:
            stream = pictures_of(media)
            if stream is None:
                raise UnsupportedMedia(
                    N_("{path} has no pictures that could be counted."),
                    hint=N_("Give times as seconds."),
                    path=path,
                )
            base = stream.time_base or Fraction(1)
            # Packets of one time are one picture and what belongs to it.
            times = {
                each.pts
                for each in packets(media, stream)
                # What an edit list hides is decoded, and not shown.
                if each.pts is not None and not each.is_discard
            }
    except (av.FFmpegError, OSError) as error:
        raise UnreadableMedia(
            N_("{path} cannot be read ({reason})."), path=path, reason=error.strerror or error
        ) from error
    return [time * base for time in sorted(times)]
