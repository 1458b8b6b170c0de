"""Bunny Stream around the upload: links, captions, collections, and what is wrong with a key."""

from __future__ import annotations

import hashlib
import html
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from recorder_app.errors import (
    AnswerUnreadable,
    InvalidRequest,
    InvalidSettingError,
    RemoteNotFound,
    RemoteRejected,
    Unreachable,
)
from recorder_app.share import bunny_signing, kinds
from recorder_app.share.bunny_answers import Video, remote_status
from recorder_app.share.bunny_stream import BunnyStream, BunnyStreamConfiguration
from recorder_app.share.destination import (
    Check,
    CountsViews,
    HasCollections,
    Item,
    KeepsTitle,
    LinkKind,
    Network,
    RemoteState,
    TakesCaptions,
    Ticket,
)
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.support import certificates
from tests.support.bunny import API_KEY, LIBRARY, ZONE, Bunny
from tests.support.faults import Fault
from tests.support.uploading import stream

VIDEO = "657bb740-a71b-4529-a012-528021c31a92"
PLAYER = "https://player.mediadelivery.net"
TAKE = Item(key="k1", title="A [b] <c>", file_name="a.webm", media_type="video/webm", size=1)


def ticket_at(destination: BunnyStream) -> Ticket:
    ticket = destination.prepare(TAKE)
    destination.set_title(ticket, ticket.title)
    return ticket


def test_the_documented_signatures() -> None:
    assert bunny_signing.upload_signature("1234", "key-abc", 1700000000, VIDEO) == (
        "607d8e20de8c6a696b84b77a4adf090b3227f53d5848f2a185a2b3e6bfaa4a15"
    )
    assert bunny_signing.page_token("key-abc", VIDEO, 1700000000) == (
        "f5f57ce5a34dcad55a0d6cddc1c86a45c7f92e7714e2a498cef300f22bd0bf45"
    )
    assert bunny_signing.file_token("SecurityKey", "/abc/", 1598024587) == (
        "HS256-bTMv4RVOkjx2UXLfVDl-JIygaxfSIQP8UCnCy7CILuY"
    )
    folder = {"token_path": "/abc"}
    assert bunny_signing.file_token("SecurityKey", "/abc/", 1598024587, folder) == (
        "HS256-uVZvT3SbEoVKYJyDJgbcsDmSFf73cv-uNUVaJiKWpbQ"
    )


def test_the_signed_addresses_that_bunny_publishes() -> None:
    # From e2e/vectors.json of BunnyWay/BunnyCDN.TokenAuthentication.
    host = "https://token-tester.b-cdn.net"
    assert bunny_signing.signed_file("SecurityKey", f"{host}/300kb.jpg", 1598024587) == (
        f"{host}/300kb.jpg?token=HS256-o10JRWlsAItyAsdKS6jJKjabHN4FrFsplDHPV1idcX4"
        "&expires=1598024587"
    )
    folder = bunny_signing.signed_folder("SecurityKey", f"{host}/abc/300kb.jpg", "/abc", 1598024587)
    assert folder == (
        f"{host}/bcdn_token=HS256-uVZvT3SbEoVKYJyDJgbcsDmSFf73cv-uNUVaJiKWpbQ"
        "&token_path=%2Fabc&expires=1598024587/abc/300kb.jpg"
    )


def test_links_of_each_kind(bunny: Bunny) -> None:
    destination = stream(bunny.address)
    ticket = ticket_at(destination)
    guid = ticket.remote_id
    before = len(bunny.calls)
    assert destination.links(ticket, LinkKind.PAGE).text == f"{PLAYER}/play/{LIBRARY}/{guid}"
    embed = destination.links(ticket, LinkKind.EMBED).text
    assert f'src="{PLAYER}/embed/{LIBRARY}/{guid}"' in embed
    assert html.escape(TAKE.title) in embed
    assert len(bunny.calls) == before, "neither needs the network"
    assert destination.links(ticket, LinkKind.MARKDOWN).text == (
        rf"[![A \[b\] \<c\>](https://{ZONE}/{guid}/thumbnail.jpg)]({ticket.link})"
    )
    direct = destination.links(ticket, LinkKind.DIRECT)
    assert direct.text == f"https://{ZONE}/{guid}/playlist.m3u8"
    assert direct.expires_at is None
    bunny.videos[guid].resolutions = "360p,1080p,720p"
    assert (
        destination.links(ticket, LinkKind.DIRECT).text == f"https://{ZONE}/{guid}/play_1080p.mp4"
    )
    asked = stream(bunny.address, pull_zone="cdn.example").links(ticket, LinkKind.DIRECT)
    assert asked.text.startswith("https://cdn.example/")


def test_markdown_without_a_network_has_no_picture(bunny: Bunny) -> None:
    destination = stream(bunny.address)
    ticket = ticket_at(destination)
    bunny.script.add(Fault("drop", method="GET", path="/library"))
    link = destination.links(ticket, LinkKind.MARKDOWN)
    assert link.text == rf"[A \[b\] \<c\>]({ticket.link})"


def test_links_that_end(bunny: Bunny) -> None:
    destination = stream(bunny.address, now=lambda: 1700000000.5)
    ticket = ticket_at(destination)
    guid = ticket.remote_id
    ends = 1700000000 + 3600
    page = destination.links(ticket, LinkKind.PAGE, 3600)
    assert page.expires_at == ends
    token = hashlib.sha256(f"page-key-1{guid}{ends}".encode()).hexdigest()
    assert page.text == f"{PLAYER}/play/{LIBRARY}/{guid}?token={token}&expires={ends}"
    assert html.escape(f"?token={token}&expires={ends}") in (
        destination.links(ticket, LinkKind.EMBED, 3600).text
    )
    playlist = destination.links(ticket, LinkKind.DIRECT, 3600)
    folder = f"/{guid}/"
    token = bunny_signing.file_token("zone-key-1", folder, ends, {"token_path": folder})
    assert playlist.text == (
        f"https://{ZONE}/bcdn_token={token}&token_path=%2F{guid}%2F&expires={ends}"
        f"/{guid}/playlist.m3u8"
    )
    bunny.videos[guid].resolutions = "720p"
    file = urlsplit(destination.links(ticket, LinkKind.DIRECT, 3600).text)
    expected = bunny_signing.file_token("zone-key-1", f"/{guid}/play_720p.mp4", ends)
    assert parse_qs(file.query) == {"token": [expected], "expires": [str(ends)]}


def test_links_that_end_need_their_key(bunny: Bunny) -> None:
    configuration = BunnyStreamConfiguration(library_id=LIBRARY, api_address=bunny.address)
    destination = BunnyStream(configuration, {"api_key": API_KEY})
    ticket = ticket_at(destination)
    for kind in (LinkKind.PAGE, LinkKind.DIRECT):
        with pytest.raises(InvalidRequest, match="need the key"):
            destination.links(ticket, kind, 60)


def test_captions_collections_title_and_audience(bunny: Bunny) -> None:
    destination = stream(bunny.address)
    # It has every one of these abilities.
    captions: TakesCaptions = destination
    titles: KeepsTitle = destination
    views: CountsViews = destination
    groups: HasCollections = destination
    ticket = ticket_at(destination)
    video = bunny.videos[ticket.remote_id]
    captions.set_captions(ticket, "en", "English", "WEBVTT\n\nä".encode())
    assert video.captions == {"en": "WEBVTT\n\nä".encode()}
    captions.remove_captions(ticket, "en")
    assert video.captions == {}
    with pytest.raises(RemoteRejected, match="No such caption"):
        destination.remove_captions(ticket, "de")
    with pytest.raises(InvalidRequest):
        destination.set_captions(ticket, "../x", "", b"")
    group = groups.add_collection("Talks")
    assert groups.collections() == [group]
    destination.move_to(ticket, group.collection_id)
    assert video.collection == group.collection_id
    titles.set_title(ticket, "Another")
    assert video.title == "Another"
    audience = views.audience(ticket)
    assert (audience.views, audience.average_watched_s, audience.total_watched_s) == (3, 12, 36)


def test_videos_are_put_into_the_collection(bunny: Bunny, tmp_path: Path) -> None:
    group = stream(bunny.address).add_collection("Talks").collection_id
    destination = stream(bunny.address, collection=group)
    ticket = destination.prepare(TAKE)
    path = tmp_path / "a.webm"
    path.write_bytes(b"a")
    with Source(path) as source:
        destination.send(ticket, source, SendContext())
    assert bunny.videos[ticket.remote_id].collection == group
    [made] = bunny.of("POST", "/tusupload")
    assert [each.partition(" ")[0] for each in made.headers["upload-metadata"].split(",")] == [
        "filetype",
        "title",
        "collection",
    ]


def test_a_collection_is_found_by_its_name_and_made_once(bunny: Bunny) -> None:
    def used(name: str) -> str:
        return bunny.videos[
            stream(bunny.address, collection=name).prepare(TAKE).remote_id
        ].collection

    made = used(" Talks ")
    assert bunny.collections == {made: "Talks"}
    assert used("talks") == made
    other = stream(bunny.address).add_collection("TALKS").collection_id
    assert [used("TALKS"), used("Talks"), used("a/b")] == [
        other,
        made,
        next(key for key, name in bunny.collections.items() if name == "a/b"),
    ]
    # Behind those of the first page.
    bunny.collections.update({str(number): f"Group {number}" for number in range(150)})
    assert used("group 149") == "149"
    assert len(bunny.collections) == 153


def test_uploads_that_begin_at_once_make_one_collection(bunny: Bunny) -> None:
    with ThreadPoolExecutor(5) as threads:
        list(
            threads.map(lambda _: stream(bunny.address, collection="Talks").prepare(TAKE), range(5))
        )
    assert list(bunny.collections.values()) == ["Talks"]
    assert {video.collection for video in bunny.videos.values()} == set(bunny.collections)


def test_a_collection_whose_making_was_not_answered_is_not_made_twice(bunny: Bunny) -> None:
    bunny.script.add(Fault("lose answer", method="POST", path="/library/4711/collections"))
    destination = stream(bunny.address, collection="Talks")
    with pytest.raises(Unreachable):
        destination.prepare(TAKE)
    ticket = destination.prepare(TAKE, is_repeated=True)
    assert [bunny.videos[ticket.remote_id].collection] == list(bunny.collections)


@pytest.mark.parametrize(
    ("number", "state"),
    [(0, RemoteState.LINK_MADE), (4, RemoteState.PLAYABLE)]
    + [(number, RemoteState.UPLOADED) for number in (1, 2, 3, 7, 8, 9, 10, 77)]
    + [(number, RemoteState.FAILED) for number in (5, 6)],
)
def test_the_numbers_of_a_video(number: int, state: RemoteState) -> None:
    assert remote_status(Video(guid=VIDEO, status=number)).state is state


def test_nulls_and_new_fields_are_no_surprise() -> None:
    names = ["title", "views", "encodeProgress", "availableResolutions", "hasMP4Fallback"]
    names += [
        "collectionId",
        "thumbnailFileName",
        "averageWatchTime",
        "totalWatchTime",
        "transcodingMessages",
    ]
    answer = {"guid": VIDEO, "status": 1, "new": {"x": 1}, **dict.fromkeys(names)}
    video = msgspec.convert(answer, Video)
    assert video.heights == []
    assert remote_status(video).state is RemoteState.UPLOADED


def test_a_video_without_its_file_is_not_verified(bunny: Bunny, tmp_path: Path) -> None:
    destination = stream(bunny.address)
    ticket = ticket_at(destination)
    path = tmp_path / "a.webm"
    path.write_bytes(b"a")
    with Source(path) as source:
        for status, reason in ((0, "not taken"), (5, "no picture"), (None, "no longer")):
            if status is None:
                bunny.videos.clear()
            else:
                bunny.videos[ticket.remote_id].status = status
            with pytest.raises((RemoteRejected, RemoteNotFound, Exception), match=reason):
                destination.verify(ticket, source)


def test_an_id_that_would_lead_elsewhere_is_not_used(bunny: Bunny) -> None:
    destination = stream(bunny.address)
    for remote_id in ("../../account", "x/../y", "", "1" * 36):
        with pytest.raises(AnswerUnreadable):
            destination.remove(Ticket(remote_id=remote_id, link=""))
    assert bunny.calls == []


def test_a_destination_that_works_says_so_and_leaves_nothing(bunny: Bunny) -> None:
    group = stream(bunny.address).add_collection("Talks").collection_id
    # One that is made with the first video is no problem.
    for collection in (group, "Talks", "Lessons"):
        findings = stream(bunny.address, collection=collection).test()
        assert [each.problem for each in findings] == [None] * len(findings)
        assert {each.check for each in findings} >= {Check.KEY, Check.PERMISSION, Check.BUCKET}
    assert bunny.videos == {}
    assert list(bunny.collections.values()) == ["Talks"]


def wrong(destination: BunnyStream) -> list[Check]:
    return [each.check for each in destination.test() if each.problem is not None]


def test_what_is_wrong_is_told_exactly(bunny: Bunny, tmp_path: Path) -> None:
    configuration = BunnyStreamConfiguration(library_id=LIBRARY, api_address=bunny.address)
    assert wrong(BunnyStream(configuration, {"api_key": "another"})) == [Check.KEY]
    assert wrong(stream(bunny.address, collection=VIDEO)) == [Check.BUCKET]
    assert wrong(stream(bunny.address, now=lambda: time.time() + 3600)) == [Check.CLOCK]
    bunny.script.add(Fault("status", method="POST", path="/library", status=403))
    assert wrong(stream(bunny.address)) == [Check.PERMISSION]
    bunny.script.add(Fault("status", method="GET", path="/library", status=503))
    assert wrong(stream(bunny.address)) == [Check.SERVICE]
    own = certificates.made(tmp_path, "IP:127.0.0.1")
    with Bunny(bunny.tus, own.certificate, own.key) as protected:
        assert wrong(stream(protected.address)) == [Check.CERTIFICATE]
        address = protected.address
    assert wrong(stream(address)) == [Check.NETWORK]


def test_what_is_missing_is_said_before_anything_is_called() -> None:
    kind = kinds.kind("bunny-stream")
    for library_id, secrets in (("x", {"api_key": "k"}), ("1", {}), ("1", {"api_key": ""})):
        with pytest.raises(InvalidSettingError):
            BunnyStream(BunnyStreamConfiguration(library_id=library_id), secrets)
    for spoiled in ("key\n", "key\x00", "kéy", "key\u200b"):
        with pytest.raises(InvalidSettingError, match="API key"):
            kind.open(BunnyStreamConfiguration(library_id="1"), {"api_key": spoiled}, Network())
    assert kind.configuration is BunnyStreamConfiguration
    assert "bunny-stream" in kinds.names()
    with pytest.raises(InvalidSettingError, match="carrier pigeon"):
        kinds.kind("carrier pigeon")
