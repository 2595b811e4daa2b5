// One message, or an album of them: what it says, what hangs on it, its buttons.
import { make } from "./dom.js";
import { album, file, photo, place } from "./media.js";
import { rich, tongue } from "./text.js";
import { word } from "./words.js";

// `group` is one message or the parts of an album, in order.
// `on` has command(text), press(message, data), link(payload) and other(url).
export function messageElement(group, on) {
  const [first] = group;
  const last = group.at(-1);
  const told = group.find((message) => message.text) ?? first;
  const bubble = make("div", { class: "bubble" });
  if (first.reply) bubble.append(make("div", { class: "quote" }, first.reply));
  if (group.length > 1) bubble.append(album(group));
  else if (first.photo) bubble.append(photo(first));
  else if (first.file) bubble.append(file(first.file));
  if (first.location) bubble.append(place(first.location));
  if (told.text) bubble.append(make("div", { class: "text", lang: tongue(told.text) }, rich(told.text, told.entities, on.command)));
  bubble.append(footer(last));
  const row = make("div", { class: first.mine ? "row mine" : "row", "data-id": first.id }, bubble);
  if (last.buttons.length) row.append(keyboard(last, on));
  return row;
}

function footer({ edited, time, mine, read }) {
  const ticks = mine ? make("span", { class: read ? "ticks read" : "ticks", "aria-hidden": "true" }, read ? "✓✓" : "✓") : null;
  return make("span", { class: "when" }, edited ? `${word("edited")} ${time}` : time, ticks);
}

function keyboard(message, on) {
  const rows = message.buttons.map((row) => make("div", { class: "keys" }, ...row.map((button) => key(message, button, on))));
  return make("div", { class: "inline" }, ...rows);
}

function key(message, button, on) {
  const element = make("button", { type: "button", lang: tongue(button.text) }, button.text);
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
