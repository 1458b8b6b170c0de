"""``transcript``: what is said in a recording."""

from __future__ import annotations

from pathlib import Path

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line

_ID = click.argument("recording_id", metavar="ID")
_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")


@click.group()
def transcript() -> None:
    """Bring in, show or remove what is said in a recording; “search” finds its words."""


@transcript.command()
@_ID
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", metavar="CODE", help="As in en or pt-BR; else from FILE's name.")
@_json
def add(*, recording_id: str, file: Path, language: str | None, json_output: bool) -> int:
    """Bring in the subtitles in FILE, which is WebVTT (.vtt) or SubRip (.srt).

    Each language has one transcript; a new one takes its place. Broken cues are left out.
    """
    from recorder_app.services.transcribing import add_transcript

    added = add_transcript(recording_id, file, language)
    if json_output:
        write_line(as_json(added))
        return 0
    word = "replaced" if added.was_replaced else "added"
    of = f"transcript {added.language}".rstrip()
    write_line(f"{added.short_id}  {of} {word}, {added.cues} cues  {added.title}")
    if added.skipped:
        say(f"{added.skipped} broken cues in {file} were left out.")
    return 0


@transcript.command()
@_ID
@click.option("--language", metavar="CODE", help="Which, where there are several.")
@_json
def show(*, recording_id: str, language: str | None, json_output: bool) -> int:
    """Print a transcript, each cue with its time."""
    from recorder_app.cli.times import readable_time
    from recorder_app.services.transcribing import show_transcript

    entry = show_transcript(recording_id, language)
    if json_output:
        write_line(as_json(entry))
        return 0
    for cue in entry.cues:
        write_line(f"{readable_time(cue.start_s)}  {' '.join(cue.text.splitlines())}")
    return 0


@transcript.command()
@_ID
@click.option("--language", metavar="CODE", help="Only this one; every one, if not given.")
@_json
def remove(*, recording_id: str, language: str | None, json_output: bool) -> int:
    """Remove the transcripts of a recording, or that of one language."""
    from recorder_app.services.transcribing import remove_transcripts

    removed = remove_transcripts(recording_id, language)
    if json_output:
        write_line(as_json(removed))
        return 0
    for each in removed.languages:
        write_line(f"{removed.short_id}  {f'transcript {each}'.rstrip()} removed  {removed.title}")
    return 0
