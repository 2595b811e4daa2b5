// What hangs on the + of a phone: a camera and a microphone that need neither, own files, a place, invitations.
import { make } from "./dom.js";
import { SCENES } from "./scenes.js";
import { SOUNDS } from "./sounds.js";
import { word } from "./words.js";

const ALBUM_MOST = 10;

// `on` has media(items), place(), link(payload), block(on) and onClose().
export class Tray {
  constructor(role, on) {
    this.role = role;
    this.on = on;
    this.pick = make("input", { type: "file", multiple: true, hidden: true, tabindex: "-1" });
    this.pick.addEventListener("change", () => {
      this.sendFiles([...this.pick.files]);
      this.pick.value = "";
    });
    this.list = make("div", { class: "tray-list" });
    this.element = make("div", { class: "tray", hidden: true, role: "group" }, this.list, this.pick);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  toggle(open = this.element.hidden) {
    const inside = this.element.contains(document.activeElement);
    this.element.hidden = !open;
    if (open) this.element.querySelector("button").focus({ preventScroll: true });
    else {
      this.on.onClose();
      if (inside) this.element.parentElement.querySelector("textarea").focus();
    }
  }

  draw(view, links) {
    const text = JSON.stringify([view.blocked, document.documentElement.lang]);
    if (this.text === text) return;
    this.text = text;
    this.element.setAttribute("aria-label", word("more"));
    const then = (action) => () => (this.toggle(false), action());
    const item = (icon, label, action) =>
      make("button", { type: "button", class: "item", onclick: then(action) }, make("span", { "aria-hidden": "true" }, icon), label);
    this.list.replaceChildren(
      make("p", { class: "tray-title" }, word("camera")),
      make("div", { class: "shots" }, ...SCENES.map((scene, at) => this.shot(scene, at, then))),
      make("p", { class: "tray-title" }, word("microphone")),
      make("div", { class: "tapes" }, ...SOUNDS.map((sound, at) => item("🎤", word("sounds")[at], () => this.record(sound)))),
      make(
        "div",
        { class: "tapes rest" },
        item("🖼", word("album"), () => this.sendAlbum()),
        item("📎", word("own_files"), () => this.pick.click()),
        item("📍", word("place"), () => this.on.place()),
        ...links.map(([name, payload]) => item("🔗", `${word("invited")}: ${name}`, () => this.on.link(payload))),
        item(view.blocked ? "✅" : "🚫", word(view.blocked ? "unblock" : "block"), () => this.on.block(!view.blocked)),
      ),
      make("p", { class: "hint" }, word("drop_hint")),
    );
  }

  shot(scene, at, then) {
    const small = document.createElement("canvas");
    scene.draw(small, 160);
    const name = word("scenes")[at];
    return make("button", { type: "button", class: "shot", onclick: then(() => this.shoot(scene)) }, small, make("span", {}, name));
  }

  async shoot(scene) {
    this.on.media([{ kind: "photo", file: await scene.file() }]);
  }

  async sendAlbum() {
    const files = await Promise.all(SCENES.map((scene) => scene.file()));
    this.on.media(files.map((file) => ({ kind: "photo", file })));
  }

  async record(sound) {
    this.on.media([{ kind: "voice", file: await sound.file() }]);
  }

  // Pictures and films go together as albums, the rest one by one.
  sendFiles(files) {
    const items = files.map((file) => ({ kind: kindOf(file), file }));
    const seen = items.filter(({ kind }) => kind === "photo" || kind === "video");
    for (let at = 0; at < seen.length; at += ALBUM_MOST) this.on.media(seen.slice(at, at + ALBUM_MOST));
    for (const item of items) if (!seen.includes(item)) this.on.media([item]);
  }

  // Files dropped on the phone, or pasted into its text field.
  catchDrops(device, input) {
    const veil = make("div", { class: "drop", hidden: true, "aria-hidden": "true" });
    device.append(veil);
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    device.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      veil.textContent = word("drop");
      veil.hidden = false;
    });
    device.addEventListener("dragleave", (event) => {
      if (!device.contains(event.relatedTarget)) veil.hidden = true;
    });
    device.addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.sendFiles([...event.dataTransfer.files]);
    });
    input.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.sendFiles([...event.clipboardData.files]);
    });
  }
}

const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

function kindOf({ type }) {
  if (SHOWN.test(type)) return "photo";
  if (type === "video/mp4") return "video";
  if (type === "audio/ogg") return "voice";
  return type.startsWith("audio/") ? "audio" : "document";
}
