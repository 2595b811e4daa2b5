// Mono Opus in OGG (RFC 3533, RFC 7845), by the browser's own encoder; null where there is none.
const PRE_SKIP = 312; // samples a decoder throws away at the start, as libopus asks
const SERIAL = 0x416e5068;
const CONFIG = { codec: "opus", numberOfChannels: 1, bitrate: 24_000 };

export async function oggOpus(samples, rate) {
  const config = { ...CONFIG, sampleRate: rate };
  if (!globalThis.AudioEncoder || !(await AudioEncoder.isConfigSupported(config)).supported) return null;
  const packets = await encoded(samples, rate, config);
  const pages = [page([head(rate)], 0, 0, 2), page([tags()], 0, 1, 0)];
  let heard = PRE_SKIP;
  packets.forEach(({ bytes, length }, at) => {
    heard += length;
    pages.push(page([bytes], heard, at + 2, at === packets.length - 1 ? 4 : 0));
  });
  return new Blob(pages);
}

async function encoded(samples, rate, config) {
  const packets = [];
  let failure = null;
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push({ bytes, length: Math.round(((chunk.duration ?? 20_000) * 48_000) / 1e6) });
    },
    error: (error) => (failure = error),
  });
  encoder.configure(config);
  const whole = { format: "f32", sampleRate: rate, numberOfFrames: samples.length, numberOfChannels: 1, timestamp: 0, data: samples };
  encoder.encode(new AudioData(whole));
  await encoder.flush();
  encoder.close();
  if (failure) throw failure;
  return packets;
}

const letters = (text) => [...text].map((letter) => letter.charCodeAt(0));

function head(rate) {
  const bytes = new DataView(new ArrayBuffer(19));
  letters("OpusHead").forEach((letter, at) => bytes.setUint8(at, letter));
  bytes.setUint8(8, 1); // version
  bytes.setUint8(9, 1); // channels
  bytes.setUint16(10, PRE_SKIP, true);
  bytes.setUint32(12, rate, true);
  return new Uint8Array(bytes.buffer);
}

// Whose work it is: nobody's; no comments either.
const tags = () => Uint8Array.from([...letters("OpusTags"), 0, 0, 0, 0, 0, 0, 0, 0]);

// `heard`: samples up to the end of this page; `kind`: 2 for the first page, 4 for the last.
function page(packets, heard, number, kind) {
  const lacing = packets.flatMap((packet) => [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const size = packets.reduce((sum, packet) => sum + packet.length, 0);
  const bytes = new Uint8Array(27 + lacing.length + size);
  const view = new DataView(bytes.buffer);
  bytes.set(letters("OggS"));
  bytes[5] = kind;
  view.setBigUint64(6, BigInt(heard), true);
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, number, true);
  bytes[26] = lacing.length;
  bytes.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, at) => {
  let rest = at << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 0x80000000 ? (rest << 1) ^ 0x04c11db7 : rest << 1;
  return rest >>> 0;
});

// OGG's CRC: polynomial 04c11db7, not reflected, nothing inverted.
function checksum(bytes) {
  let rest = 0;
  for (const byte of bytes) rest = ((rest << 8) ^ TABLE[((rest >>> 24) ^ byte) & 255]) >>> 0;
  return rest;
}
