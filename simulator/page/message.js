// One message: what it says, what hangs on it, its buttons.
import { make } from "./dom.js";
import { rich } from "./text.js";
import { word } from "./words.js";

// `on` has command(text), press(message, data), link(payload) and other(url).
export function messageElement(message, on) {
  const bubble = make("div", { class: "bubble" });
  if (message.reply) bubble.append(make("div", { class: "quote" }, message.reply));
  if (message.photo) bubble.append(photo(message));
  if (message.file) bubble.append(file(message.file));
  if (message.location) bubble.append(place(message.location));
  if (message.text) {
    bubble.append(make("div", { class: "text" }, rich(message.text, message.entities, on.command)));
  }
  const when = message.edited ? `${word("edited")} ${message.time}` : message.time;
  bubble.append(make("span", { class: "when" }, when));
  const row = make("div", { class: message.mine ? "row mine" : "row", "data-id": message.id }, bubble);
  if (message.buttons.length) row.append(keyboard(message, on));
  return row;
}

function photo(message) {
  const { id, width, height } = message.photo;
  const address = `/page/file/${id}`;
  const alt = message.text ? `${word("picture")}: ${message.text.split("\n")[0]}` : word("picture");
  const image = make("img", { src: address, width, height, alt, loading: "lazy" });
  return make("a", { href: address, target: "_blank", class: "photo" }, image);
}

const ICONS = { video: "🎬", voice: "🎤", audio: "🎵", document: "📄" };

function file({ kind, name, id }) {
  return make("a", { class: "file", href: `/page/file/${id}`, download: name || kind }, `${ICONS[kind]} ${name || word(kind)}`);
}

const place = ({ latitude, longitude }) =>
  make("div", { class: "file" }, `📍 ${word("location")}: ${latitude.toFixed(4)}, ${longitude.toFixed(4)}`);

function keyboard(message, on) {
  const rows = message.buttons.map((row) => make("div", { class: "keys" }, ...row.map((button) => key(message, button, on))));
  return make("div", { class: "inline" }, ...rows);
}

function key(message, button, on) {
  const element = make("button", { type: "button" }, button.text);
  element.addEventListener("click", () => {
    if (button.callback_data !== undefined) {
      element.setAttribute("aria-busy", "true");
      on.press(message.id, button.callback_data);
    } else if (button.url) {
      const payload = new URL(button.url).searchParams.get("start");
      if (payload) on.link(payload);
      else on.other(button.url);
    }
  });
  return element;
}
