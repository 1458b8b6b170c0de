"""Translation of the texts people read, without Qt.

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
