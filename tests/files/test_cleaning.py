"""What comes out of the child is made anew: it shows and sounds like the original and carries nothing else of it."""

import asyncio
import io
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from PIL import Image
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

from bot.cleaning import Unfit
from bot.cleaning.apart import Died, clean_apart, kill
from tests.files import corpus

# Runs the child from a small process: a large one that forks would be counted as its child's memory.
MEASURED = """
import os, subprocess, sys, time
with open(sys.argv[1], "rb") as given:
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "bot.cleaning"], stdin=given, stdout=subprocess.PIPE)
    size = len(child.stdout.read())
    _, status, used = os.wait4(child.pid, 0)
print(status, size, time.monotonic() - began, used.ru_maxrss / 1024)
"""


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def colour(image: Image.Image, x: float, y: float) -> str:
    """The name of the colour at a place, in shares of width and height."""
    pixel = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(pixel, tuple)
    strongest = max(range(3), key=lambda at: pixel[at])
    return ("red", "green", "blue")[strongest] if pixel[strongest] - min(pixel) > 60 else "grey"


async def test_a_photo_keeps_its_pixels_and_nothing_else() -> None:
    raw = corpus.photo()
    assert set(corpus.leaks(raw)) > {corpus.OWNER, corpus.SERIAL, corpus.COMMENT, corpus.PROFILE, corpus.THUMBNAIL}
    assert any(number in raw for number in corpus.NUMBERS)
    copy = await clean_apart(raw)
    assert copy.media == "image/jpeg"
    assert corpus.leaks(copy.data) == []
    assert not {b"Exif", b"ICC_PROFILE", b"JFXX", b"\xff\xfe"} & {
        mark for mark in (b"Exif", b"ICC_PROFILE", b"JFXX", b"\xff\xfe") if mark in copy.data[:1000]
    }
    image = shown(copy.data)
    assert image.size == (320, 200)
    assert [colour(image, x, y) for y in (0.2, 0.8) for x in (0.2, 0.8)] == ["red", "green", "blue", "grey"]


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (2, ["green", "red", "grey", "blue"]),
        (3, ["grey", "blue", "green", "red"]),
        (4, ["blue", "grey", "red", "green"]),
        (5, ["red", "blue", "green", "grey"]),
        (6, ["blue", "red", "grey", "green"]),
        (7, ["grey", "green", "blue", "red"]),
        (8, ["green", "grey", "red", "blue"]),
    ],
)
async def test_a_photo_is_turned_the_right_way_up(orientation: int, corners: list[str]) -> None:
    image = shown((await clean_apart(corpus.photo(orientation=orientation))).data)
    assert [colour(image, x, y) for y in (0.2, 0.8) for x in (0.2, 0.8)] == corners


async def test_a_large_photo_becomes_smaller() -> None:
    assert shown((await clean_apart(corpus.photo(5200, 2600))).data).size == (2560, 1280)


async def test_a_jpeg_that_is_a_zip_too_is_only_a_jpeg() -> None:
    raw = corpus.polyglot()
    assert corpus.ZIP in raw
    assert corpus.leaks((await clean_apart(raw)).data) == []


async def test_texts_of_a_png_are_left_behind() -> None:
    raw = corpus.png()
    assert {corpus.OWNER, corpus.SERIAL, corpus.COMMENT} <= set(corpus.leaks(raw))
    copy = await clean_apart(raw)
    assert (copy.media, corpus.leaks(copy.data)) == ("image/jpeg", [])


@pytest.mark.parametrize("form", ["WEBP", "GIF", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "P", "L"])
async def test_pictures_of_other_formats_become_jpeg(form: str, mode: str) -> None:
    raw = io.BytesIO()
    corpus.scene().convert(mode).save(raw, form, comment=corpus.COMMENT)
    copy = await clean_apart(raw.getvalue())
    assert (copy.media, shown(copy.data).size, corpus.leaks(copy.data)) == ("image/jpeg", (320, 200), [])


async def test_a_picture_with_sixteen_bits_keeps_its_greys() -> None:
    raw = io.BytesIO()
    Image.new("I;16", (30, 20), 40_000).save(raw, "PNG")
    pixel = shown((await clean_apart(raw.getvalue())).data).convert("L").getpixel((5, 5))
    assert isinstance(pixel, int | float)
    assert abs(pixel - 40_000 / 256) < 4


def films(data: bytes) -> tuple[list[str], int, float]:
    """Codecs, number of frames, and seconds of a video that must play."""
    with av.open(io.BytesIO(data), "r") as played:
        assert set(played.metadata) <= {"major_brand", "minor_version", "compatible_brands", "encoder"}
        codecs = [stream.codec_context.name for stream in (*played.streams.video, *played.streams.audio)]
        assert len(played.streams) == len(codecs)
        return codecs, len(list(played.decode(video=0))), (played.duration or 0) / 1_000_000


@pytest.mark.parametrize(
    ("codec", "container", "media", "codecs"),
    [
        ("libx264", "mp4", "video/mp4", ["h264", "aac"]),
        ("libx264", "mov", "video/mp4", ["h264", "aac"]),
        ("libx264", "matroska", "video/mp4", ["h264", "aac"]),
        ("mpeg4", "mp4", "video/mp4", ["h264", "aac"]),
        ("libvpx", "webm", "video/webm", ["vp8", "opus"]),
        ("libvpx-vp9", "webm", "video/webm", ["vp9", "opus"]),
    ],
)
async def test_a_video_plays_and_says_nothing_of_its_maker(
    codec: str, container: str, media: str, codecs: list[str]
) -> None:
    raw = corpus.film(codec, container)
    assert corpus.OWNER in raw
    copy = await clean_apart(raw)
    found, frames, seconds = films(copy.data)
    assert (copy.media, found, frames) == (media, codecs, 20)
    assert 1.8 < seconds < 2.3
    kept = corpus.leaks(copy.data)
    # Where the picture is encoded anew, the new encoder signs; the old one's words went with the old frames.
    assert kept == ([corpus.SEI] if codec == "mpeg4" or container == "matroska" else [])


async def test_words_between_the_frames_of_a_video_are_left_out() -> None:
    raw = corpus.film()
    assert {corpus.SEI, corpus.PLACE, corpus.HANDLER} <= set(corpus.leaks(raw))
    assert corpus.leaks((await clean_apart(raw)).data) == []


@pytest.mark.parametrize(
    ("codec", "container"), [("libopus", "ogg"), ("libmp3lame", "mp3"), ("flac", "flac"), ("pcm_s16le", "wav")]
)
async def test_a_voice_is_heard_and_says_nothing_of_its_phone(codec: str, container: str) -> None:
    raw = corpus.voice(codec, container)
    assert corpus.OWNER in raw
    copy = await clean_apart(raw)
    assert (copy.media, corpus.leaks(copy.data)) == ("audio/ogg", [])
    with av.open(io.BytesIO(copy.data), "r") as played:
        sound = played.streams.audio[0]
        assert (sound.codec_context.name, sound.codec_context.layout.name) == ("opus", "mono")
        assert not {**played.metadata, **sound.metadata}.keys() & {"artist", "comment"}
        samples = sum([frame.samples for frame in played.decode(sound)])
    assert abs(samples / 48_000 - 2.0) < 0.1


async def test_a_paper_is_drawn_and_its_script_is_gone() -> None:
    raw = corpus.paper()
    assert {corpus.SCRIPT, corpus.OWNER, corpus.SERIAL} <= set(corpus.leaks(raw))
    copy = await clean_apart(raw)
    assert (copy.media, corpus.leaks(copy.data)) == ("application/pdf", [])
    assert not any(word in copy.data for word in (b"/JS", b"/JavaScript", b"/OpenAction", b"/Info", b"Date"))
    with PdfDocument(copy.data) as paper:
        assert len(paper) == 2
        page = paper[1]
        assert page.get_size() == (595, 842)
        picture = page.render().to_pil()
        page.close()
    assert (colour(picture, 0.4, 0.7), colour(picture, 0.9, 0.1)) == ("red", "grey")


NOTHING = {
    "nothing": (b"", "broken"),
    "a truncated photo": (corpus.photo(1200, 900)[:-2000], "broken"),
    "a header alone": (corpus.photo()[:20], "broken"),
    "noise behind a header": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "broken"),
    "a truncated video": (corpus.film()[:4000], "broken"),
    "a truncated paper": (b"%PDF-1.7\n", "broken"),
    "a paper of a hundred pages": (corpus.paper(100), "too_big"),
    "a bomb": (corpus.bomb(), "too_big"),
    "a vector drawing": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "unsupported"),
    "a page called .jpg": (b"<html><script>alert(1)</script></html>", "unsupported"),
    "an archive": (corpus.polyglot()[len(corpus.photo()) :], "unsupported"),
    "a program": (b"\x7fELF" + bytes(100), "unsupported"),
    "a document with macros": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "unsupported"),
    "a playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported"),
    "a still in a film's box": (b"\0\0\0\x18ftypheic" + bytes(100), "unsupported"),
    "25 MB": (corpus.photo() + bytes(25 * 1024 * 1024), "too_big"),
}


@pytest.mark.parametrize("name", NOTHING)
async def test_what_has_no_clean_copy_is_refused_with_its_reason(name: str) -> None:
    raw, reason = NOTHING[name]
    with pytest.raises(Unfit) as caught:
        await clean_apart(raw)
    assert caught.value.reason == reason


async def test_a_child_that_has_written_more_than_anybody_reads_can_be_killed() -> None:
    much = "import sys, time; sys.stdout.buffer.write(bytes(600_000)); sys.stdout.flush(); time.sleep(600)"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", much, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    await child.stdout.readexactly(300_000)
    async with asyncio.timeout(20):
        await kill(child)
    assert child.returncode == -signal.SIGKILL


async def test_a_child_that_takes_too_long_is_killed() -> None:
    with pytest.raises(Died):
        await clean_apart(corpus.photo(4000, 3000), patience=0.05)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("open('/etc/hostname').read()", "OSError"),
        ("import socket; socket.socket()", "OSError"),
        ("bytes(600 * 1024 * 1024)", "MemoryError"),
    ],
)
def test_a_confined_process_can_open_nothing_and_take_no_more_memory(attempt: str, error: str) -> None:
    program = f"import socket\nfrom bot.cleaning.limits import confine\nconfine()\n{attempt}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert error in done.stderr


def test_a_photo_of_twelve_megapixels_takes_a_second_and_little_memory(
    tmp_path: Path,
) -> None:
    path = tmp_path / "photo.jpg"
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(path, "JPEG", quality=90)
    done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True)
    status, size, seconds, memory = (float(word) for word in done.stdout.split())
    print(f"12 megapixels: {seconds:.2f} s, {memory:.0f} MB")  # noqa: T201
    assert status == 0
    assert size > 1000
    assert memory <= 300
    assert seconds <= 4.5  # the promise is 1.5 s; two cores are shared with other tests


async def test_the_loop_goes_on_while_files_are_cleaned() -> None:
    lags: list[float] = []

    async def tick() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            lags.append(time.monotonic() - before - 0.005)

    raw = corpus.photo(4000, 3000) + bytes(15 * 1024 * 1024)
    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(clean_apart(raw) for _ in range(2)))
    ticking.cancel()
    lags.sort()
    p99 = lags[int(len(lags) * 0.99)]
    print(f"loop lag while two photos are cleaned: p99 {p99 * 1000:.1f} ms of {len(lags)}")  # noqa: T201
    assert p99 < 0.25  # the promise is 50 ms; two cores are shared with other tests


DAMAGED = {
    "photo": corpus.photo(),
    "png": corpus.png(),
    "film": corpus.film(),
    "webm": corpus.film("libvpx", "webm"),
    "voice": corpus.voice(),
    "paper": corpus.paper(),
}


@pytest.mark.parametrize("name", DAMAGED)
async def test_damaged_files_are_cleaned_or_refused_and_kill_no_child(name: str) -> None:
    chance = random.Random(name)
    for damages in (1, 4, 30):
        raw = bytearray(DAMAGED[name])
        for _ in range(damages):
            raw[chance.randrange(12, len(raw))] = chance.randrange(256)
        try:
            copy = await clean_apart(bytes(raw))
        except Unfit:
            continue
        assert corpus.leaks(copy.data) == []
