"""Voices and music: heard once and written anew, one channel, without a word about who, where and with what."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import av
import av.subtitles.codeccontext
import av.subtitles.stream  # what PyAV would load when it meets a first subtitle, when no file can be opened
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from bot.cleaning import Clean, Unfit

BITS = 32_000  # a second
# Codec: its rate, sample format, and samples of a frame.
_CODECS = {"libopus": (48_000, "s16", 960), "aac": (44_100, "fltp", 1024)}
BARE = {"fflags": "+bitexact"}  # not even the writing library is named


def clean(data: bytes, form: str) -> Clean:
    """Opus in OGG, what a voice message is. Raises Unfit, or FFmpeg's errors."""
    with opened(data, form) as source:
        return heard(source)


def opened(data: bytes, form: str) -> InputContainer:
    """Bytes as a container of a known format; nothing else is guessed, and nothing beside them is read."""
    return av.open(io.BytesIO(data), "r", format=form, metadata_errors="replace")


def heard(source: InputContainer) -> Clean:
    """The first sound of a container."""
    if not source.streams.audio:
        raise Unfit("broken")
    written = io.BytesIO()
    with av.open(written, "w", format="ogg", options=BARE) as target:
        voice = Voice(source.streams.audio[0], target, "libopus")
        for packet in source.demux(source.streams.audio[0]):
            target.mux(list(voice.again(packet)))
        target.mux(list(voice.end()))
        if not voice.spoke:
            raise Unfit("broken")
    return Clean("audio/ogg", written.getvalue())


class Voice:
    """One sound stream that is decoded, made mono, and encoded again."""

    def __init__(self, source: AudioStream, target: OutputContainer, codec: str) -> None:
        rate, form, samples = _CODECS[codec]
        self._source = source
        self._source.codec_context.thread_count = 1
        self._resampler = AudioResampler(form, "mono", rate, samples)
        track = target.add_stream(codec, rate=rate, options={"compression_level": "5"})
        assert isinstance(track, AudioStream)
        self._track = track
        self._track.codec_context.layout = "mono"
        self._track.codec_context.format = form
        self._track.codec_context.bit_rate = BITS
        self.spoke = False

    def again(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What one packet becomes; a damaged one is left out, as a player would."""
        try:
            frames = self._source.codec_context.decode(packet)
        except av.error.InvalidDataError:
            return
        for frame in frames:
            self.spoke = True
            for fitting in self._resampler.resample(frame):
                yield from self._track.encode(fitting)

    def end(self) -> Iterator[Packet[Any]]:
        """What is left at the end."""
        for fitting in self._resampler.resample(None):
            yield from self._track.encode(fitting)
        yield from self._track.encode(None)
