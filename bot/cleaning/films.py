"""Videos: the moving picture in a new container without what was written beside and between its frames."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Protocol

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from bot.cleaning import Clean, Unfit
from bot.cleaning.pictures import PIXELS
from bot.cleaning.sounds import BARE, Voice, heard, opened

LONGEST = 1280  # pixels of the longer side of what must be encoded anew
# The units of a stream that make its picture. Between them cameras (and editors, and whoever likes) write texts:
# supplemental information, filler, kinds that no standard knows.
_PICTURE_UNITS = {"h264": "1-5|7-11", "hevc": "0-9|16-21|32-37", "av1": "1-4|6-7"}
_AS_THEY_ARE = ("vp8", "vp9")  # nothing but pictures fits into these


class Picture(Protocol):
    """How packets of the picture become packets of the copy."""

    def again(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What one packet becomes."""

    def end(self) -> Iterator[Packet[Any]]:
        """What is left at the end."""


def clean(data: bytes, form: str) -> Clean:
    """MP4, or WebM for VP8 and VP9; a recording without a picture becomes a voice. Raises Unfit, or FFmpeg's errors."""
    with opened(data, form) as source:
        film = _film(source)
        if film is None:
            return heard(source)
        if film.codec_context.width * film.codec_context.height > PIXELS:
            raise Unfit("too_big")
        suits_webm = film.codec_context.name in _AS_THEY_ARE
        container, codec = ("webm", "libopus") if suits_webm else ("mp4", "aac")
        written = io.BytesIO()
        with av.open(written, "w", format=container, options=BARE) as target:
            _copy(source, film, target, codec)
    return Clean(f"video/{container}", written.getvalue())


def _film(source: InputContainer) -> VideoStream | None:
    covers = Disposition.attached_pic | Disposition.still_image
    films = [stream for stream in source.streams.video if not stream.disposition & covers]
    return films[0] if films else None


def _copy(source: InputContainer, film: VideoStream, target: OutputContainer, codec: str) -> None:
    """One picture and one sound; subtitles, data, covers and every word about them are left behind."""
    picture = _picture(film, target, source.format.name)
    sounds = source.streams.audio[:1]
    voices = {sound.index: Voice(sound, target, codec) for sound in sounds}
    shown = False
    for packet in source.demux(film, *sounds):
        if packet.stream.index == film.index:
            frames = list(picture.again(packet))
            shown = shown or bool(frames)
            target.mux(frames)
        else:
            target.mux(list(voices[packet.stream.index].again(packet)))
    rest = list(picture.end())
    target.mux(rest)
    for voice in voices.values():
        target.mux(list(voice.end()))
    if not shown and not rest:
        raise Unfit("broken")


def _picture(film: VideoStream, target: OutputContainer, container: str) -> Picture:
    name = film.codec_context.name
    # Matroska does not tell when to decode a frame, which MP4 needs where frames come out of order.
    if name in _PICTURE_UNITS and (name == "av1" or "mov" in container):
        return Sifted(film, target, f"filter_units=pass_types={_PICTURE_UNITS[name]}")
    if name in _AS_THEY_ARE:
        return Sifted(film, target, "null")
    return Redrawn(film, target)


class Sifted:
    """The same frames, without what is not picture."""

    def __init__(self, film: VideoStream, target: OutputContainer, sieve: str) -> None:
        self._track = target.add_stream_from_template(film)
        self._sieve = BitStreamFilterContext(sieve, film, self._track)

    def again(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What one packet becomes."""
        if packet.dts is None:  # the end: nothing is in it
            return
        for kept in self._sieve.filter(packet):
            kept.stream = self._track
            yield kept

    def end(self) -> Iterator[Packet[Any]]:
        """What is left at the end."""
        for kept in self._sieve.filter(None):
            kept.stream = self._track
            yield kept


class Redrawn:
    """New frames, for whatever phones and computers of officers may not know; smaller, since this takes long."""

    def __init__(self, film: VideoStream, target: OutputContainer) -> None:
        context = film.codec_context
        share = min(1.0, LONGEST / max(context.width, context.height))
        self._size = (max(2, int(context.width * share) // 2 * 2), max(2, int(context.height * share) // 2 * 2))
        self._film = film
        context.thread_count = 1
        # Its own signature is all that x264 would add.
        options = {"preset": "veryfast", "crf": "27", "threads": "1"}
        track = target.add_stream("libx264", rate=film.average_rate or 25, options=options)
        assert isinstance(track, VideoStream)
        self._track = track
        track.width, track.height = self._size
        track.pix_fmt = "yuv420p"
        assert film.time_base is not None
        track.codec_context.time_base = film.time_base

    def again(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What one packet becomes; a damaged one is left out, as a player would."""
        try:
            frames = self._film.codec_context.decode(packet)
        except av.error.InvalidDataError:
            return
        for frame in frames:
            small = frame.reformat(*self._size, format="yuv420p")
            small.pts, small.time_base = frame.pts, frame.time_base
            yield from self._track.encode(small)

    def end(self) -> Iterator[Packet[Any]]:
        """What is left at the end."""
        yield from self._track.encode(None)
