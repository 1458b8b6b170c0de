"""Links in the forms in which they are pasted elsewhere."""

from __future__ import annotations

import html
import re


def embed_frame(address: str, title: str) -> str:
    """Return HTML that shows a play page within another page."""
    return (
        f'<iframe src="{html.escape(address)}" title="{html.escape(title)}" width="960"'
        ' height="540" style="border:0" loading="lazy" allow="accelerometer; gyroscope; autoplay;'
        ' encrypted-media; picture-in-picture; fullscreen" allowfullscreen></iframe>'
    )


def embed_video(address: str, title: str, poster: str = "") -> str:
    """Return HTML that plays a file within a page."""
    poster = f' poster="{html.escape(poster)}"' if poster else ""
    return (
        f'<video src="{html.escape(address)}" title="{html.escape(title)}"{poster} controls'
        ' preload="metadata" style="max-width:100%"></video>'
    )


def markdown(address: str, title: str, picture: str = "") -> str:
    """Return Markdown: the title as a link, or `picture` as one where there is any."""
    text = re.sub(r"([\\`*_\[\]<>!])", r"\\\1", " ".join(title.split()))
    return f"[![{text}]({picture})]({address})" if picture else f"[{text}]({address})"
