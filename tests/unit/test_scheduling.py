"""Encoders and the scheduling class of their threads."""

from __future__ import annotations

import os
from fractions import Fraction

import pytest
from av import VideoCodecContext

from recorder_app.media.scheduling import open_encoder


def classes() -> set[int]:
    return {os.sched_getscheduler(int(each)) for each in os.listdir("/proc/self/task")}


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="Linux has these classes")
@pytest.mark.parametrize("name", ["libsvtav1", "libvpx-vp9", "libvpx", "libx264"])
def test_no_thread_comes_before_the_rest_of_the_machine(name: str) -> None:
    before = classes()
    context = VideoCodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = 320, 180, "yuv420p"
    context.time_base = Fraction(1, 30)
    open_encoder(context)
    assert os.SCHED_FIFO not in classes()
    assert classes() == before
