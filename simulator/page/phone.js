// One phone: its chat, its keyboard, and the ways to write.
import { make } from "./dom.js";
import { messageElement } from "./message.js";
import { act, sendPhoto } from "./net.js";
import { word } from "./words.js";

const NEAR = 80;

export class Phone {
  constructor(role, bot, links, onUnread) {
    this.role = role;
    this.bot = bot;
    this.links = links;
    this.onUnread = onUnread;
    this.view = null;
    this.toastsSeen = null;
    this.drawn = new Map();
    this.menuOpen = false;
    this.build();
  }

  build() {
    this.status = make("span", { class: "status" });
    this.title = make("h2", {});
    const face = make("img", { src: "/page/icon.svg", alt: "", width: 36, height: 36 });
    const names = make("div", { class: "names" }, make("strong", {}, this.bot), this.status);
    this.owner = make("span", { class: "owner" });
    this.log = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    this.newest = make("button", { type: "button", class: "newest", hidden: true, onclick: () => this.toEnd() }, "↓");
    this.toast = make("div", { class: "toast", role: "status" });
    this.invitations = make("div", { class: "invitations" });
    this.keys = make("div", { class: "reply", role: "group" });
    this.menu = make("div", { class: "menu", hidden: true });
    const screen = make("div", { class: "screen" }, this.log, this.newest, this.toast);
    this.form = this.buildForm();
    const header = make("header", { class: "head" }, face, names, this.owner);
    this.element = make(
      "section",
      { class: `phone ${this.role}`, id: `phone-${this.role}`, role: "tabpanel" },
      this.title,
      make("div", { class: "device" }, header, screen, this.invitations, this.menu, this.form, this.keys),
    );
    this.log.addEventListener("scroll", () => {
      this.stays = this.atEnd();
      if (this.stays) this.seen();
    });
    // Hints that open, a keyboard that comes: the newest message stays in sight.
    new ResizeObserver(() => this.stays !== false && this.toEnd()).observe(this.log);
    this.words();
  }

  buildForm() {
    this.input = make("textarea", { rows: 1, maxlength: 20000, autocomplete: "off" });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.write();
      }
    });
    this.input.addEventListener("input", () => this.grow());
    this.more = make("button", { type: "button", class: "round", onclick: () => this.toggleMenu() }, "+");
    this.sendKey = make("button", { type: "submit", class: "round send" }, "➤");
    this.file = make("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.pickPhoto() });
    const form = make("form", { class: "write" }, this.more, this.input, this.sendKey, this.file);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    return form;
  }

  // Words in the language of the page.
  words() {
    this.title.textContent = word(this.role);
    this.element.setAttribute("aria-label", word(this.role));
    this.log.setAttribute("aria-label", word(this.role));
    this.input.placeholder = word("write");
    this.input.setAttribute("aria-label", `${word("write")} (${word(this.role)})`);
    this.more.setAttribute("aria-label", word("more"));
    this.sendKey.setAttribute("aria-label", word("send"));
    this.newest.setAttribute("aria-label", word("to_newest"));
    this.keys.setAttribute("aria-label", word("keyboard"));
    this.drawn.clear();
    if (this.view) this.show(this.view);
  }

  show(view) {
    const first = this.view === null;
    const wasAtEnd = first || this.atEnd();
    const grew = !first && view.messages.length && view.messages.at(-1).id > (this.lastId ?? 0);
    const mine = grew && view.messages.at(-1).mine;
    this.view = view;
    this.lastId = view.messages.at(-1)?.id ?? 0;
    this.owner.textContent = view.name;
    this.status.textContent = word(view.typing ? "typing" : "bot");
    this.drawMessages(view);
    this.drawInvitations(view);
    this.drawKeys(view);
    this.drawMenu(view);
    this.showToasts(view.toasts);
    if (wasAtEnd || mine) this.toEnd();
    if (grew && !mine && (!wasAtEnd || this.hidden())) this.unseen();
  }

  drawMessages(view) {
    const drawn = new Map();
    const rows = [];
    let day = null;
    for (const message of view.messages) {
      if (message.day !== day) rows.push(make("div", { class: "day" }, make("span", {}, (day = message.day))));
      const text = JSON.stringify(message);
      const before = this.drawn.get(message.id);
      const element = before?.text === text ? before.element : messageElement(message, this.actions());
      element.querySelectorAll("[aria-busy]").forEach((key) => key.removeAttribute("aria-busy"));
      drawn.set(message.id, { text, element });
      rows.push(element);
    }
    if (!rows.length) rows.push(make("p", { class: "empty" }, word("empty")));
    this.drawn = drawn;
    this.log.replaceChildren(...rows);
  }

  actions() {
    return {
      command: (text) => this.do("send", text),
      press: (message, data) => this.do("press", { message, data }),
      link: (payload) => this.do("link", payload),
      other: (address) => this.say(address),
    };
  }

  drawInvitations(view) {
    if (view.started) return this.invitations.replaceChildren();
    const links = this.links.map(([name, payload]) =>
      make("button", { type: "button", class: "wide", onclick: () => this.do("link", payload) }, `${word("invited")}: ${name}`),
    );
    const start = make("button", { type: "button", class: links.length ? "wide plain" : "wide", onclick: () => this.do("send", "/start") }, word("start"));
    return this.invitations.replaceChildren(...links, start);
  }

  drawKeys(view) {
    const rows = view.keyboard.map((row) =>
      make("div", { class: "keys" }, ...row.map((text) => make("button", { type: "button", onclick: () => this.do("tap", text) }, text))),
    );
    this.keys.replaceChildren(...rows);
    this.form.classList.toggle("off", view.blocked);
    if (view.blocked) {
      const back = make("button", { type: "button", onclick: () => this.do("block", false) }, word("unblock"));
      this.keys.replaceChildren(make("p", { class: "empty" }, word("blocked")), make("div", { class: "keys" }, back));
    }
  }

  drawMenu(view) {
    const item = (text, action) =>
      make("button", { type: "button", onclick: () => (this.toggleMenu(false), action()) }, text);
    const items = [
      item(word("photo"), () => this.file.click()),
      item(word("place"), () => this.do("place")),
      ...this.links.map(([name, payload]) => item(`${word("invited")}: ${name}`, () => this.do("link", payload))),
      item(word(view.blocked ? "unblock" : "block"), () => this.do("block", !view.blocked)),
    ];
    this.menu.replaceChildren(...items);
  }

  toggleMenu(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.menu.querySelector("button").focus();
  }

  showToasts(toasts) {
    const fresh = this.toastsSeen === null ? [] : toasts.slice(this.toastsSeen).filter((toast) => toast.text);
    this.toastsSeen = toasts.length;
    if (fresh.length) this.say(fresh.at(-1).text, fresh.at(-1).alert);
  }

  // A few words over the chat; an alert stays until it is closed.
  say(text, alert = false) {
    clearTimeout(this.toastEnd);
    const close = () => this.toast.classList.remove("on");
    const button = make("button", { type: "button", onclick: close }, word("open"));
    this.toast.replaceChildren(make("span", {}, text), ...(alert ? [button] : []));
    this.toast.classList.add("on");
    if (!alert) this.toastEnd = setTimeout(close, 3500 + text.length * 30);
  }

  async do(what, argument) {
    try {
      await act(this.role, what, argument);
    } catch {
      this.say(word("failed"));
    }
  }

  async write() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.grow();
    await this.do("send", text);
  }

  async pickPhoto() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    try {
      await sendPhoto(this.role, file);
    } catch {
      this.say(word("not_picture"));
    }
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
  }

  hidden() {
    return this.element.offsetParent === null;
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    // Pictures have their size from the start, but fonts may still come.
    requestAnimationFrame(() => {
      this.log.scrollTop = this.log.scrollHeight;
    });
    if (!this.hidden()) this.seen();
  }

  seen() {
    this.newest.hidden = true;
    this.onUnread(this.role, false);
  }

  unseen() {
    this.newest.hidden = this.hidden();
    this.onUnread(this.role, true);
  }
}
