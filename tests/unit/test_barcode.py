"""The barcode survives scaling and noise, and says so when it does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.capture import barcode
from recorder_app.capture.synthetic import draw_barcode


@given(st.integers(0, barcode.MAX_NUMBER))
def test_a_number_is_read_back(number: int) -> None:
    assert barcode.decode(draw_barcode(number, 128, 64)[:, :, 0]) == number


@given(st.integers(0, barcode.MAX_NUMBER - 1), st.integers(1, 63))
def test_a_torn_picture_is_not_taken_for_a_number(number: int, row: int) -> None:
    upper, lower = (
        draw_barcode(number, 128, 64)[:, :, 0],
        draw_barcode(number + 1, 128, 64)[:, :, 0],
    )
    torn = np.vstack([upper[:row], lower[row:]])
    assert barcode.decode(torn) in {None, number, number + 1}


def test_grey_black_and_white_are_no_numbers() -> None:
    for level in (0, 128, 255):
        assert barcode.decode(np.full((64, 128), level, np.uint8)) is None
