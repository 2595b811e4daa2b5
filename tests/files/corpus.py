"""Files as phones make them and as nobody should: with words in them that must not come through."""

import array
import io
import struct
import zipfile
import zlib
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

WORDS = (
    b"SERIAL-C39LX7QK",
    b"OWNER-OF-THIS-PHONE",
    b"COMMENT-LEFT-BY-EDITOR",
    b"PROFILE-OF-THE-CAMERA",
    b"THUMBNAIL-OF-BEFORE",
    b"+18.531274+105.702169/",
    b"app.alert",
    b"PK\x03\x04",
    b"x264 - core",
    b"HANDLER-OF-THE-PHONE",
    b"<script>",
)
SERIAL, OWNER, COMMENT, PROFILE, THUMBNAIL, PLACE, SCRIPT, ZIP, SEI, HANDLER, HTML = WORDS
LATITUDE = IFDRational(318742631, 10000019)  # as bytes: two numbers that occur nowhere by chance
NUMBERS = tuple(struct.pack(order + "I", 318742631) for order in "<>")


def leaks(data: bytes) -> list[bytes]:
    """Which of the words and numbers stand in these bytes."""
    return [word for word in (*WORDS, *NUMBERS) if word in data]


def scene(width: int = 320, height: int = 200) -> Image.Image:
    """A picture whose corners differ: red, green, blue and grey."""
    image = Image.new("RGB", (width, height), (120, 120, 120))
    image.paste((220, 20, 20), (0, 0, width // 2, height // 2))
    image.paste((20, 200, 20), (width // 2, 0, width, height // 2))
    image.paste((20, 20, 220), (0, height // 2, width // 2, height))
    return image


def photo(width: int = 320, height: int = 200, orientation: int = 1) -> bytes:
    """A JPEG with place, serial number, owner, comment, colour profile and a thumbnail of an earlier version."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = OWNER.decode()
    exif.get_ifd(0x8769)[0xA431] = SERIAL.decode()
    exif.get_ifd(0x8825)[2] = (LATITUDE, LATITUDE, LATITUDE)
    written, small = io.BytesIO(), io.BytesIO()
    scene(width, height).save(written, "JPEG", exif=exif, comment=COMMENT, icc_profile=PROFILE * 20, quality=92)
    scene(40, 30).save(small, "JPEG", comment=THUMBNAIL)
    thumbnail = b"JFXX\0\x10" + small.getvalue()
    raw = written.getvalue()
    return raw[:2] + b"\xff\xe0" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + raw[2:]


def polyglot() -> bytes:
    """A JPEG that is a ZIP too."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../etc/owner.txt", OWNER)
    return photo() + packed.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png() -> bytes:
    """A PNG, half transparent, with texts."""
    written = io.BytesIO()
    image = scene().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 128))
    image.save(written, "PNG")
    raw = written.getvalue()
    texts = _chunk(b"tEXt", b"Author\0" + OWNER) + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SERIAL)
    return raw[:33] + texts + raw[33:] + COMMENT


def bomb() -> bytes:
    """A PNG of 60 million pixels in 60 kB."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 6_000, 8, 2, 0, 0, 0))
    rows = zlib.compress(bytes(6_000 * 30_001), 9)
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _frames(stream: VideoStream, number: int) -> list[av.VideoFrame]:
    frames = []
    for at in range(number):
        frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([40 + 5 * at]) * plane.buffer_size)
        frame.pts, frame.time_base = at, Fraction(1, 10)
        frames.append(frame)
    return frames


def _tone(rate: int, channels: int, frames: int) -> list[av.AudioFrame]:
    layout = "mono" if channels == 1 else "stereo"
    made = []
    for at in range(frames):
        frame = av.AudioFrame(format="s16", layout=layout, samples=960)
        frame.sample_rate, frame.pts, frame.time_base = rate, at * 960, Fraction(1, rate)
        frame.planes[0].update(array.array("h", [(step * 331) % 9000 for step in range(960 * channels)]).tobytes())
        made.append(frame)
    return made


def film(codec: str = "libx264", container: str = "mp4", number: int = 20) -> bytes:
    """A video with sound, subtitles, the place, the owner, and what x264 says of itself between the frames (SEI)."""
    written = io.BytesIO()
    with av.open(written, "w", format=container, options={"movflags": "use_metadata_tags"}) as target:
        target.metadata.update(location=PLACE.decode(), artist=OWNER.decode(), comment=COMMENT.decode())
        picture = target.add_stream(codec, rate=10)
        assert isinstance(picture, VideoStream)
        picture.width, picture.height, picture.pix_fmt = 320, 240, "yuv420p"
        picture.metadata["handler_name"] = HANDLER.decode()
        sound = target.add_stream("libopus" if container == "webm" else "aac", rate=48_000)
        assert isinstance(sound, AudioStream)
        for frame in _frames(picture, number):
            target.mux(picture.encode(frame))
        target.mux(picture.encode(None))
        resampler = av.AudioResampler(sound.format, sound.layout, 48_000, 960 if container == "webm" else 1024)
        for tone in [*_tone(48_000, 1, 5 * number), None]:
            for fitting in resampler.resample(tone):
                target.mux(sound.encode(fitting))
        target.mux(sound.encode(None))
    return written.getvalue()


def voice(codec: str = "libopus", container: str = "ogg") -> bytes:
    """A recording with tags, two channels."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as target:
        target.metadata.update(artist=OWNER.decode(), comment=COMMENT.decode())
        sound = target.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(sound, AudioStream)
        resampler = av.AudioResampler(sound.format, "stereo", 48_000, 1152 if codec == "libmp3lame" else 960)
        for tone in [*_tone(48_000, 2, 100), None]:
            for fitting in resampler.resample(tone):
                target.mux(sound.encode(fitting))
        target.mux(sound.encode(None))
    return written.getvalue()


def paper(pages: int = 2) -> bytes:
    """A PDF that runs a script when it is opened and names its author."""
    kids = " ".join(f"{10 + 2 * at} 0 R" for at in range(pages))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R /OpenAction 3 0 R >>",
        2: f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>",
        3: f"<< /S /JavaScript /JS ({SCRIPT.decode()}\\(1\\)) >>",
        4: f"<< /Author ({OWNER.decode()}) /Title ({SERIAL.decode()}) >>",
    }
    for at in range(pages):
        says = "1 0 0 rg 100 100 300 300 re f"
        objects[10 + 2 * at] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {11 + 2 * at} 0 R /Resources << >> >>"
        )
        objects[11 + 2 * at] = f"<< /Length {len(says)} >>\nstream\n{says}\nendstream"
    written, places = "%PDF-1.7\n", {}
    for number, each in objects.items():
        places[number] = len(written)
        written += f"{number} 0 obj\n{each}\nendobj\n"
    start = len(written)
    written += "xref\n" + "".join(f"{number} 1\n{place:010d} 00000 n \n" for number, place in places.items())
    written += f"trailer\n<< /Size {max(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return written.encode()
