// The microphone's stand-in: three seconds of a bell, of a murmuring voice, of an engine, made of sines.
import { oggOpus } from "./ogg.js";
import { wav } from "./wav.js";

export const RATE = 48_000; // samples a second, as Opus likes them
const SECONDS = 3;
const TURN = 2 * Math.PI;

// Each is a function of the second: -1 to 1.
const bell = (at) => {
  const since = at % 0.16;
  return 0.5 * Math.exp(-since * 16) * (Math.sin(TURN * 1970 * at) + 0.6 * Math.sin(TURN * 2840 * at));
};

// Syllables of a tonal language, without words.
const murmur = (at) => {
  const beat = at * 3.4;
  const loud = Math.sin(Math.PI * (beat % 1)) ** 2 * (Math.floor(beat) % 5 === 4 ? 0 : 1);
  const tone = 185 + 40 * Math.sin(Math.floor(beat) * 2.4) + 30 * Math.sin(beat % 1);
  let sum = 0;
  for (let over = 1; over < 9; over += 1) sum += Math.sin(TURN * tone * over * at) / (over * (1 + ((over - 3) / 2) ** 2));
  return 0.7 * loud * sum;
};

const engine = (at) => {
  const turning = 34 + 14 * Math.sin(at * 1.9);
  const wild = (Math.sin(at * 91_371.7) * 43_758.5453) % 1;
  return 0.55 * (Math.sin(TURN * turning * at) + 0.5 * Math.sin(TURN * 2.03 * turning * at)) + 0.12 * wild;
};

class Sound {
  constructor(name, wave) {
    this.name = name;
    this.wave = wave;
  }

  samples() {
    return Float32Array.from({ length: RATE * SECONDS }, (_, at) => Math.max(-1, Math.min(1, this.wave(at / RATE))));
  }

  // As Telegram wants a voice message, OGG with Opus; where the browser can't make that, WAV, which the simulator takes.
  async file() {
    const samples = this.samples();
    const opus = await oggOpus(samples, RATE);
    if (opus) return new File([opus], `${this.name}.ogg`, { type: "audio/ogg" });
    return new File([wav(samples, RATE)], `${this.name}.wav`, { type: "audio/wav" });
  }
}

export const SOUNDS = [new Sound("chuong", bell), new Sound("loi-ke", murmur), new Sound("may-no", engine)];
