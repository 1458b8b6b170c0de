"""``destination``, ``upload``, ``uploads``, ``link`` and ``unshare`` as a person or a script."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from recorder_app.media.containers import inspect
from recorder_app.settings.destinations import DestinationsStore
from tests.share.conftest import MakeFile, digest
from tests.support.bunny import API_KEY, LIBRARY, Bunny
from tests.support.faults import Fault
from tests.support.line import Line
from tests.support.sharing import CommandLines, Sharer

LIMIT_S = 60
# Slow enough to be met in the middle.
SLOW_KB = "1500"


@pytest.fixture
def sharer(screenless: dict[str, str], tmp_path: Path) -> Sharer:
    return Sharer(screenless, tmp_path)


def video(bunny: Bunny) -> str:
    """Return the id of the only video there is."""
    (found,) = bunny.videos
    return found


def test_the_whole_way(sharer: Sharer, bunny: Bunny, tmp_path: Path) -> None:
    secrets = [API_KEY]
    with CommandLines(secrets) as lines:
        added = sharer.add_stream(bunny.address)["destination"]
        assert added["is_default"]
        assert added["configuration"]["library_id"] == LIBRARY
        assert "* work  bunny-stream" in sharer.run("destination", "list").stdout
        tested = sharer.ask("destination", "test", "work")
        assert tested["is_fine"], tested
        output = tmp_path / "take.webm"
        recorded = sharer.run(
            *("record", "--target", "synthetic:pattern", "--duration", "1"),
            *("--output", str(output)),
        )
        assert recorded.returncode == 0, recorded.stderr
        entry = sharer.recording()
        recording = entry["short_id"]
        uploaded = sharer.run("upload", recording, "--wait")
        assert uploaded.returncode == 0, uploaded.stderr
        page = f"https://player.mediadelivery.net/play/{LIBRARY}/{video(bunny)}"
        assert uploaded.stdout.splitlines() == [
            f"{recording}  work  {page}",
            f"{recording}  work  uploaded",
        ]
        assert digest(bunny.file(video(bunny))) == digest(output)
        assert sharer.ask("show", recording)["share_links"] == {"work": page}
        # The same again is the same, and sends nothing.
        calls = len(bunny.of("PATCH"))
        assert sharer.ask("upload", recording, "--wait")["uploads"][0]["link"] == page
        assert (len(bunny.of("PATCH")), len(bunny.videos)) == (calls, 1)
        assert sharer.run("link", recording).stdout.strip() == page
        assert "<iframe" in sharer.run("link", recording, "--kind", "embed").stdout
        assert sharer.run("link", recording, "--kind", "markdown").stdout.startswith("[![")
        bunny.videos[video(bunny)].status = 4
        assert sharer.run("jobs", "run", "--until-empty").returncode == 0
        assert sharer.upload_of(entry["id"])["state"] == "playable"
        assert "3 views" in sharer.run("link", recording, "--views").stdout
        taken_back = sharer.run("unshare", recording)
        assert taken_back.returncode == 0, taken_back.stderr
        assert bunny.videos == {}
        assert sharer.ask("show", recording)["share_links"] == {}
        assert sharer.ask("uploads")["uploads"] == []
        assert output.is_file()
        again = sharer.run("unshare", recording)
        assert again.returncode == 2
        assert "is not shared" in again.stderr
        assert sharer.run("destination", "remove", "work").stdout == "work removed\n"
    assert lines.rounds > 20
    assert lines.found == set()
    assert sharer.files_with(secrets) == []


def test_a_link_that_ends_is_known_and_not_kept(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    sharer.env["RECORDER_APP_SECRET_WORK_PAGE_KEY"] = "page-key-1"
    sharer.add_stream(bunny.address)
    recording = sharer.enter(make_file(1000))
    assert sharer.run("upload", recording, "--wait").returncode == 0
    before = time.time()
    found = sharer.ask("link", recording, "--expires", "7d")
    assert "token=" in found["text"]
    token = found["text"].partition("token=")[2].partition("&")[0]
    ends_at = sharer.upload_of(recording)["links_end_at"]
    assert ends_at == found["expires_at"]
    assert f"expires={int(before) + 7 * 86400}"[:-3] in found["text"]
    assert sharer.files_with([token, "page-key-1"]) == []
    wrong = sharer.run("link", recording, "--expires", "soon")
    assert wrong.returncode == 2
    assert "7d" in wrong.stderr


def test_the_link_is_there_at_once_and_the_rest_later(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    sharer.add_stream(bunny.address)
    path = make_file(1_000_000)
    recording = sharer.enter(path)
    done = sharer.run("upload", recording)
    assert done.returncode == 0
    assert video(bunny) in done.stdout
    entry = sharer.upload_of(recording)
    assert (entry["state"], entry["job_state"], entry["sent_bytes"]) == ("linked", "queued", 0)
    assert sharer.run("link", recording).stdout.strip() == entry["link"]
    assert bunny.of("PATCH") == []
    assert sharer.ask("upload", recording)["uploads"][0]["id"] == entry["id"]
    assert sharer.run("upload", recording, "--wait").returncode == 0
    assert digest(bunny.file(video(bunny))) == digest(path)


def test_killed_in_the_middle_it_goes_on(sharer: Sharer, bunny: Bunny, make_file: MakeFile) -> None:
    sharer.add_stream(bunny.address)
    sharer.run("settings", "set", "sharing.limit_kb", "8000")
    path = make_file(40 << 20)
    recording = sharer.enter(path)
    running = sharer.start("upload", recording, "--wait")
    try:
        sharer.wait_for(recording, lambda entry: entry["sent_bytes"] > 12 << 20)
    finally:
        running.send_signal(signal.SIGKILL)
        running.communicate()
    link = sharer.upload_of(recording)["link"]
    sharer.run("settings", "reset", "sharing")
    done = sharer.run("upload", recording, "--wait")
    assert done.returncode == 0, done.stderr
    assert link in done.stdout
    assert digest(bunny.file(video(bunny))) == digest(path)
    # One chunk is the most that a kill costs.
    assert bunny.videos[video(bunny)].received_bytes <= (40 << 20) + (17 << 20)


def test_paused_it_rests_and_resumed_it_goes_on(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    sharer.add_stream(bunny.address)
    sharer.run("settings", "set", "sharing.limit_kb", SLOW_KB)
    path = make_file(12 << 20)
    recording = sharer.enter(path)
    running = sharer.start("upload", recording, "--wait")
    try:
        sharer.wait_for(recording, lambda entry: entry["sent_bytes"] > 0)
        (paused,) = sharer.ask("uploads", "pause")["uploads"]
        assert paused["job_state"] == "paused"
        received = -1
        deadline = time.monotonic() + LIMIT_S
        while received != bunny.videos[video(bunny)].received_bytes:
            assert time.monotonic() < deadline
            received = bunny.videos[video(bunny)].received_bytes
            time.sleep(1.0)
        assert received < 12 << 20
        assert running.poll() is None
        sharer.run("settings", "reset", "sharing")
        (resumed,) = sharer.ask("uploads", "resume", recording)["uploads"]
        assert resumed["job_state"] == "queued"
        out, err = running.communicate(timeout=LIMIT_S)
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0, err
    assert "uploaded" in out
    assert digest(bunny.file(video(bunny))) == digest(path)


def test_offline_it_waits_and_online_it_arrives(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    with Line(bunny.address) as line:
        sharer.add_stream(line.address)
        path = make_file(100_000)
        recording = sharer.enter(path)
        line.down()
        began = time.monotonic()
        offline = sharer.run("upload", recording)
        assert time.monotonic() - began < LIMIT_S
        assert offline.returncode == 0
        assert "no link yet" in offline.stdout
        assert "does not accept a connection" in offline.stderr
        running = sharer.start("jobs", "run", "--until-empty")
        try:
            waiting = sharer.wait_for(recording, lambda entry: entry["error"] is not None)
            assert waiting["error"]["code"] == "unreachable"
            assert waiting["job_state"] == "queued"
            assert waiting["run_after"] is not None
            line.up()
            there = sharer.wait_for(recording, lambda entry: entry["state"] != "queued")
            arrived = sharer.wait_for(recording, lambda entry: entry["state"] == "uploaded")
            bunny.videos[video(bunny)].status = 4
            assert running.wait(LIMIT_S) == 0
        finally:
            running.kill()
            running.communicate()
        assert there["link"] == arrived["link"]
        assert digest(bunny.file(video(bunny))) == digest(path)
        # Taken back offline, it is deleted once the network is there again.
        line.down()
        taken_back = sharer.run("unshare", recording)
        assert taken_back.returncode == 0
        assert "deleted later" in taken_back.stderr
        # That needs its keys.
        kept = sharer.run("destination", "remove", "work")
        assert kept.returncode == 2
        assert "to be deleted" in kept.stderr
        assert sharer.ask("show", recording)["share_links"] == {}
        line.up()
        assert sharer.run("jobs", "run", "--until-empty").returncode == 0
    assert bunny.videos == {}


def test_cancelled_it_leaves_nothing_there(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    sharer.add_stream(bunny.address)
    sharer.run("settings", "set", "sharing.limit_kb", SLOW_KB)
    recording = sharer.enter(make_file(12 << 20))
    sharer.run("upload", recording)
    running = sharer.start("jobs", "run", "--until-empty")
    try:
        job = sharer.wait_for(recording, lambda entry: entry["sent_bytes"] > 0)["job_id"]
        assert sharer.run("cancel", job).returncode == 0
        assert running.wait(LIMIT_S) == 0
    finally:
        running.kill()
        running.communicate()
    assert bunny.videos == {}
    assert bunny.tus.uploads() == []
    assert sharer.ask("uploads")["uploads"] == []
    # One of which nobody heard what was made goes too.
    bunny.script.add(Fault("lose answer", "POST", f"/library/{LIBRARY}/videos"))
    sharer.run("upload", recording)
    assert len(bunny.videos) == 1
    assert sharer.run("unshare", recording).returncode == 0
    assert bunny.videos == {}


def test_what_is_refused_rests_with_its_reason_and_can_be_tried_again(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile
) -> None:
    sharer.add_stream(bunny.address)
    path = make_file(1000)
    recording = sharer.enter(path)
    right = sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"]
    sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"] = "wrong-key"
    refused = sharer.run("upload", recording)
    assert refused.returncode == 7
    assert "does not accept the key" in refused.stderr
    assert sharer.ask("uploads")["uploads"] == []
    tested = sharer.run("destination", "test", "work")
    assert tested.returncode == 7
    assert "FAIL  key" in tested.stdout
    sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"] = right
    bunny.script.add(Fault("status", "POST", status=413))
    failed = sharer.run("upload", recording, "--wait")
    assert failed.returncode == 7
    assert "does not take files of this size" in failed.stderr
    assert sharer.upload_of(recording)["job_state"] == "failed"
    assert sharer.run("uploads", "resume", recording).returncode == 0
    assert sharer.run("upload", recording, "--wait").returncode == 0
    assert digest(bunny.file(video(bunny))) == digest(path)


def test_title_and_captions_stay_in_step(
    sharer: Sharer, bunny: Bunny, make_file: MakeFile, tmp_path: Path
) -> None:
    sharer.add_stream(bunny.address)
    recording = sharer.enter(make_file(1000), title="First")
    subtitles = tmp_path / "talk.en.vtt"
    subtitles.write_text("WEBVTT\n\n00:01.000 --> 00:02.500\nHello & welcome\n")
    sharer.run("transcript", "add", recording, str(subtitles))
    assert sharer.run("upload", recording, "--wait").returncode == 0
    assert sharer.run("edit", recording, "--title", "Second").returncode == 0
    bunny.videos[video(bunny)].status = 4
    assert sharer.run("jobs", "run", "--until-empty").returncode == 0
    shown = bunny.videos[video(bunny)]
    assert shown.title == "Second"
    assert b"00:00:01.000 --> 00:00:02.500\nHello &amp; welcome" in shown.captions["en"]
    sharer.run("transcript", "remove", recording)
    assert sharer.run("jobs", "run", "--until-empty").returncode == 0
    assert shown.captions == {}


def test_automatically_after_recording_and_what_is_done_then(
    sharer: Sharer, bunny: Bunny, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    script = tmp_path / "after"
    script.write_text(f'#!/bin/sh\nprintf "%s" "$RECORDER_APP_LINK" > {note}\nenv > {note}.env\n')
    script.chmod(0o755)
    sharer.add_stream(bunny.address, "--automatic", "--free-local", "--command", str(script))
    output = tmp_path / "take.webm"
    recorded = sharer.run(
        *("record", "--target", "synthetic:pattern", "--duration", "1", "--output", str(output))
    )
    assert recorded.returncode == 0, recorded.stderr
    running = sharer.start("jobs", "run", "--until-empty")
    try:
        entry = sharer.recording()
        arrived = sharer.wait_for(entry["id"], lambda entry: entry["state"] == "uploaded")
        bunny.videos[video(bunny)].status = 4
        assert running.wait(LIMIT_S) == 0
    finally:
        running.kill()
        running.communicate()
    assert note.read_text() == arrived["link"]
    assert API_KEY not in note.with_suffix(".env").read_text()
    assert not output.exists()
    assert (sharer.home / "data" / "Trash" / "files" / "take.webm").is_file()
    assert sharer.ask("show", entry["id"])["status"] == "missing"


def test_destinations_are_kept_as_text_that_people_may_edit(sharer: Sharer, bunny: Bunny) -> None:
    sharer.add_stream(bunny.address)
    path = sharer.home / "config" / "recorder-app" / "destinations.toml"
    path.write_text(
        path.read_text().replace("[destinations.work]", "# ours\n[destinations.work]\nnew = 1")
        + '\n[destinations.later]\nkind = "of-a-newer-version"\n'
    )
    assert sharer.run("destination", "default", "work", "--project", "Demo").returncode == 0
    known = sharer.ask("destination", "list")["destinations"]
    assert [entry["name"] for entry in known] == ["work", "later"]
    assert known[0]["projects"] == ["Demo"]
    text = path.read_text()
    assert "# ours" in text
    assert "new = 1" in text
    store = DestinationsStore(path)
    assert store.read().chosen(None, "Demo").name == "work"
    twice = sharer.run("destination", "add", "work", "--kind", "bunny-stream", "--set", "x")
    assert twice.returncode == 2
    unknown = sharer.run("destination", "test", "later")
    assert unknown.returncode == 2
    assert "of-a-newer-version" in unknown.stderr
    password = sharer.run(
        *("destination", "add", "other", "--kind", "bunny-stream", "--set", "library_id=1"),
        *("--proxy", "http://user:geheim@proxy:3128"),
    )
    assert password.returncode == 2
    assert "geheim" not in password.stderr + path.read_text()


def test_there_may_be_no_clipboard(sharer: Sharer, bunny: Bunny, make_file: MakeFile) -> None:
    sharer.add_stream(bunny.address)
    done = sharer.run("upload", sharer.enter(make_file(10)), "--copy")
    assert done.returncode == 0
    assert "There is no clipboard here." in done.stderr


def test_an_mp4_is_made_first_where_that_is_wanted(
    sharer: Sharer, bunny: Bunny, tmp_path: Path
) -> None:
    sharer.add_stream(bunny.address, "--mp4")
    output = tmp_path / "take.webm"
    recorded = sharer.run(
        *("record", "--target", "synthetic:pattern", "--duration", "1", "--output", str(output))
    )
    assert recorded.returncode == 0, recorded.stderr
    recording = sharer.recording()["id"]
    done = sharer.run("upload", recording, "--wait")
    assert done.returncode == 0, done.stderr
    sent = bunny.file(video(bunny))
    assert "mp4" in inspect(sent).container
    assert sharer.ask("show", recording)["path"] == str(output)
    assert list((sharer.home / "cache").rglob("*.mp4")) == []
