"""What a recording would load and try when it starts, done before anyone waits for it."""

from __future__ import annotations

import logging

from recorder_app.errors import RecorderError
from recorder_app.media.codecs import VideoFormat, choose_encoder, choose_sound_encoder
from recorder_app.services.recording import plan_recording
from recorder_app.settings import RecordingSettings

_log = logging.getLogger(__name__)


def warm_up(settings: RecordingSettings) -> None:
    """Load and try everything that recording by `settings` needs; leave nothing open.

    Raises nothing: what does not work is told when it is asked for.
    """
    try:
        plan = plan_recording(settings)
        info = plan.source.open()
        plan.source.close()
        wanted = VideoFormat(info.width, info.height, settings.fps, settings.quality)
        choose_encoder(settings.format, wanted)
        # The microphone stays closed: it shows, and a headset would change its profile.
        choose_sound_encoder(settings.format)
    except RecorderError as error:
        _log.info("not warm error=%s", error)
