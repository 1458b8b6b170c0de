"""A small page that plays one recording, for places that only have files."""

from __future__ import annotations

import html
from urllib.parse import quote

from recorder_app.texts import N_, translate

_WAITING = N_(
    "This recording is still on its way, or is no longer here. Load the page again later."
)

# The page may be opened before the video has arrived.
_PAGE = """<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 1280px; padding: 16px; font: 16px/1.5 system-ui, sans-serif;
  color-scheme: light dark; }}
video {{ display: block; width: 100%; max-height: 85vh; background: #000; }}
h1 {{ font-size: 20px; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<video src="{address}" controls playsinline preload="metadata"
  onerror="document.getElementById('waiting').hidden = false"></video>
<h1>{title}</h1>
<p id="waiting" hidden>{waiting}</p>
</body>
</html>
"""


def play_page(file_name: str, title: str) -> bytes:
    """Return the HTML of a page that plays the file of that name beside it."""
    page = _PAGE.format(
        title=html.escape(title),
        address=html.escape(quote(file_name, safe="")),
        waiting=html.escape(translate(_WAITING)),
    )
    return page.encode()
