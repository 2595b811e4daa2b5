// Pictures, albums, sounds, films, files and places inside a message.
import { make } from "./dom.js";
import { word } from "./words.js";

const address = (id) => `/page/file/${id}`;
const named = (kind, text) => (text ? `${word(kind)}: ${text.split("\n")[0]}` : word(kind));

export function photo(message) {
  const { id, width, height } = message.photo;
  const image = make("img", { src: address(id), width, height, alt: named("picture", message.text), loading: "lazy" });
  return make("a", { href: address(id), target: "_blank", class: "photo" }, image);
}

export function album(group) {
  const parts = group.map((message) => (message.photo ? photo(message) : file(message.file)));
  return make("div", { class: `album of-${Math.min(group.length, 4)}` }, ...parts);
}

export function file(told) {
  if (told.kind === "voice") return voice(told);
  if (told.kind === "video") {
    return make("video", { src: address(told.id), controls: true, preload: "metadata", class: "film", "aria-label": named("video", told.name) });
  }
  if (told.kind === "audio") {
    return make("div", { class: "sound" }, told.name, make("audio", { src: address(told.id), controls: true, preload: "none", "aria-label": named("audio", told.name) }));
  }
  const size = told.size < 1_000_000 ? `${Math.max(1, Math.round(told.size / 1000))} kB` : `${(told.size / 1e6).toFixed(1)} MB`;
  const sheet = make("span", { class: "sheet", "aria-hidden": "true" }, (told.name.split(".").at(-1) || "?").slice(0, 4));
  const names = make("span", { class: "names" }, make("span", {}, told.name || word("document")), make("small", {}, size));
  return make("a", { class: "file", href: address(told.id), download: told.name || told.kind }, sheet, names);
}

// A voice message: a round key, a wave, its length. The wave is drawn from the file's id: it only looks like a voice.
function voice({ id, seconds }) {
  const sound = new Audio();
  const key = make("button", { type: "button", class: "play" }, "▶");
  const bars = [...id].slice(0, 28).map((letter) => {
    const bar = make("i");
    bar.style.height = `${20 + (letter.charCodeAt(0) * 37) % 80}%`;
    return bar;
  });
  const wave = make("span", { class: "wave", "aria-hidden": "true" }, ...bars);
  const length = make("span", { class: "length" }, `0:${String(seconds).padStart(2, "0")}`);
  const turn = () => {
    key.textContent = sound.paused ? "▶" : "❚❚";
    key.setAttribute("aria-label", word(sound.paused ? "play" : "pause"));
  };
  key.addEventListener("click", () => {
    sound.src ||= address(id);
    if (sound.paused) sound.play().catch(() => length.replaceChildren("✕"));
    else sound.pause();
  });
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, turn);
  sound.addEventListener("timeupdate", () => {
    const share = sound.currentTime / (sound.duration || seconds);
    bars.forEach((bar, at) => bar.classList.toggle("played", !sound.ended && at / bars.length < share));
  });
  turn();
  return make("div", { class: "voice", role: "group", "aria-label": word("voice") }, key, wave, length);
}

export function place({ latitude, longitude }) {
  const map = make("div", { class: "map", "aria-hidden": "true" }, make("span", { class: "pin" }, "📍"));
  const where = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
  return make("div", { class: "place" }, map, make("span", { class: "where" }, `${word("location")}: ${where}`));
}
