"""Texts that people read, without Qt: their translation, and times and sizes in them.

Texts are marked with :func:`N_` where they are written and translated with :func:`translate`
where they are shown, so that an error made in the engine appears in the reader's language.
"""

import functools
import gettext

from recorder_app import paths

DOMAIN = "recorder_app"


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name for "mark only"
    """Mark `text` for extraction and return it unchanged."""
    return text


@functools.cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, paths.resource("translations"), fallback=True)


def translate(text: str, /, **parameters: object) -> str:
    """Return `text` in the user's language with `parameters` filled in. Thread-safe."""
    # gettext answers an empty message with the catalogue's header.
    translated = _catalogue().gettext(text) if text else ""
    return translated.format(**parameters) if parameters else translated


def clock_text(seconds: float) -> str:
    """Return a time as 00:04:12."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def size_text(size_bytes: int) -> str:
    """Return a size as 18 MB."""
    if size_bytes < 100_000:
        return f"{size_bytes / 1e3:.0f} kB"
    if size_bytes >= 1_000_000_000:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 10_000_000 else f"{size_bytes / 1e6:.0f} MB"
