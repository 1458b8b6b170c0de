"""H.264 in files: what goes in comes out, and what an encoder wrote is understood."""

from __future__ import annotations

import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.edit import nal
from recorder_app.media.convert import TIME_BASE

# A unit neither holds a start code nor ends in zero (ITU-T H.264, 7.4.1).
units = st.lists(
    st.binary(min_size=1, max_size=30)
    .filter(lambda unit: b"\x00\x00" not in unit)
    .map(lambda unit: unit + b"\x80"),
    min_size=1,
    max_size=5,
)


@given(units, st.sampled_from([b"\x00\x00\x01", b"\x00\x00\x00\x01"]))
def test_start_codes_are_found(parts: list[bytes], code: bytes) -> None:
    assert list(nal.split_start_codes(b"".join(code + part for part in parts))) == parts


@given(units, st.sampled_from([2, 4]))
def test_lengths_are_kept(parts: list[bytes], length_bytes: int) -> None:
    joined = nal.join_lengths(parts, length_bytes)
    assert list(nal.split_lengths(joined, length_bytes)) == parts
    # A sample that was cut off gives what is whole, and no more than is there.
    assert b"".join(nal.split_lengths(joined[:-1], length_bytes)) in b"".join(parts)


@pytest.mark.parametrize("number", [0, 1, 7, 30])
def test_the_number_of_parameters_is_read(number: int) -> None:
    context = VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 64, 64, "yuv420p"
    context.time_base = TIME_BASE
    context.options = {"x264-params": f"sps-id={number}"}
    packets = [*context.encode(VideoFrame(64, 64, "yuv420p")), *context.encode(None)]
    found = list(nal.split_start_codes(b"".join(map(bytes, packets))))
    sequences = [unit for unit in found if nal.kind(unit) == nal.SEQUENCE_PARAMETERS]
    assert [nal.sequence_number(unit) for unit in sequences] == [number]


def test_a_record_is_written_as_it_was_read() -> None:
    record = nal.Configuration(b"\x01\x4d\x40\x1e", 4, (b"\x67ab",), (b"\x68c",), b"tail")
    assert nal.Configuration.parse(record.to_bytes()) == record
    more = record.with_sets([b"\x67de"], [b"\x68f"])
    assert nal.Configuration.parse(more.to_bytes()).sequences == (b"\x67ab", b"\x67de")
    assert record.level == 30


@pytest.mark.parametrize(
    "record", [b"", b"\x01\x4d\x40\x1e\xff\xe1", b"\x00" * 20, b"\x01MM\x1e\xff\xe1\x00\xff\x67"]
)
def test_what_is_no_record_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError, match="AVC"):
        nal.Configuration.parse(record)
