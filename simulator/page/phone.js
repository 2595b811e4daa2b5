// One phone: its chat, its keyboard, and the ways to write.
import { make } from "./dom.js";
import { messageElement } from "./message.js";
import { act, sendMedia } from "./net.js";
import { bare } from "./steps.js";
import { tongue } from "./text.js";
import { Tray } from "./tray.js";
import { word } from "./words.js";

const NEAR = 80;

export class Phone {
  constructor(role, bot, links, onUnread) {
    Object.assign(this, { role, bot, links, onUnread });
    this.view = null;
    this.unread = 0;
    this.newFrom = null;
    this.keysShut = false;
    this.toastsSeen = null;
    this.drawn = new Map();
    this.tray = new Tray(role, {
      media: (items) => this.sendMedia(items),
      place: () => this.do("place"),
      link: (payload) => this.do("link", payload),
      block: (on) => this.do("block", on),
      onClose: () => this.more.setAttribute("aria-expanded", "false"),
    });
    this.build();
  }

  build() {
    this.status = make("span", { class: "status" });
    this.title = make("h2", {});
    this.time = make("span", { class: "time", "aria-hidden": "true" });
    const face = make("img", { src: "/page/icon.svg", alt: "", width: 36, height: 36 });
    const names = make("div", { class: "names" }, make("strong", {}, this.bot), this.status);
    this.log = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    this.newest = make("button", { type: "button", class: "newest", hidden: true, onclick: () => this.toEnd() }, "↓");
    this.toast = make("div", { class: "toast", role: "status" });
    this.invitations = make("div", { class: "invitations" });
    this.keys = make("div", { class: "reply", role: "group", id: `keys-${this.role}` });
    const screen = make("div", { class: "screen" }, this.log, this.newest, this.toast);
    this.form = this.buildForm();
    this.device = make(
      "div",
      { class: "device" },
      make("div", { class: "bar" }, this.title, this.time),
      make("div", { class: "head" }, face, names),
      screen,
      this.invitations,
      this.tray.element,
      this.form,
      this.keys,
    );
    this.element = make("section", { class: `phone ${this.role}`, id: `phone-${this.role}` }, this.device);
    this.tray.catchDrops(this.device, this.input);
    this.log.addEventListener("scroll", () => {
      this.stays = this.atEnd();
      if (this.stays) this.seen();
    });
    // A keyboard that comes, a panel that opens: the newest message stays in sight.
    new ResizeObserver(() => this.stays !== false && this.toEnd()).observe(this.log);
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
    this.more = make("button", { type: "button", class: "round", "aria-expanded": "false", onclick: () => this.toggleTray() }, "+");
    this.keysKey = make("button", { type: "button", class: "round", "aria-controls": `keys-${this.role}`, onclick: () => this.toggleKeys() }, "⌨");
    this.sendKey = make("button", { type: "submit", class: "round send" }, "➤");
    const form = make("form", { class: "write" }, this.more, this.input, this.keysKey, this.sendKey);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    return form;
  }

  // Words in the language of the page.
  words() {
    this.element.setAttribute("aria-label", word(this.role));
    this.log.setAttribute("aria-label", `${word("chat")} (${word(this.role)})`);
    this.input.placeholder = word("write");
    this.input.setAttribute("aria-label", `${word("write")} (${word(this.role)})`);
    this.more.setAttribute("aria-label", word("more"));
    this.sendKey.setAttribute("aria-label", word("send"));
    this.keysKey.setAttribute("aria-label", word("keyboard"));
    this.keys.setAttribute("aria-label", word("keyboard"));
    this.title.textContent = word(this.role);
    this.drawn.clear();
    if (this.view) this.show(this.view);
  }

  show(view) {
    const first = this.view === null;
    const wasAtEnd = first || this.atEnd();
    const before = first ? Infinity : (this.view.messages.at(-1)?.id ?? 0);
    const fresh = view.messages.filter((message) => message.id > before);
    const mine = fresh.at(-1)?.mine ?? false;
    const away = !wasAtEnd || this.hidden() || !document.hasFocus();
    if (mine) this.newFrom = null;
    else if (fresh.length && away && !this.unread) this.newFrom = fresh[0].id;
    this.view = view;
    this.draw(view);
    if (wasAtEnd || mine) this.toEnd();
    if (fresh.length && !mine && away) this.unseen(fresh.filter((message) => !message.mine).length);
  }

  draw(view) {
    this.title.textContent = `${word(this.role)}: ${view.name}`;
    this.status.textContent = word(view.typing ? "typing" : "bot");
    this.drawMessages(view);
    this.drawInvitations(view);
    this.drawKeys(view);
    this.tray.draw(view, this.links);
    this.showToasts(view.toasts);
  }

  drawMessages(view) {
    const drawn = new Map();
    const rows = [];
    let day = null;
    for (const group of albums(view.messages)) {
      const [message] = group;
      if (message.day !== day) rows.push(make("div", { class: "day" }, make("span", {}, (day = message.day))));
      if (message.id === this.newFrom) rows.push(make("div", { class: "day new" }, make("span", {}, word("new_here"))));
      const text = JSON.stringify(group);
      const before = this.drawn.get(message.id);
      const element = before?.text === text ? before.element : messageElement(group, this.actions());
      if (!before && this.drawn.size) element.classList.add("came");
      if (before && before.said !== saidBy(group)) element.classList.add("changed");
      element.querySelectorAll("[aria-busy]").forEach((pressed) => pressed.removeAttribute("aria-busy"));
      drawn.set(message.id, { text, element, said: saidBy(group) });
      rows.push(element);
    }
    if (!rows.length) rows.push(make("p", { class: "empty" }, word("empty")));
    if (view.typing) rows.push(make("div", { class: "row typing", "aria-hidden": "true" }, make("div", { class: "bubble" }, make("i"), make("i"), make("i"))));
    this.drawn = drawn;
    // Only what differs is touched: focus, playing sounds and screen readers stay where they are.
    [...this.log.children].filter((child) => !rows.includes(child)).forEach((child) => child.remove());
    rows.forEach((row, at) => this.log.children[at] !== row && this.log.insertBefore(row, this.log.children[at] ?? null));
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
    if (this.invitations.children.length && this.invitations.lang === document.documentElement.lang) return undefined;
    this.invitations.lang = document.documentElement.lang;
    const links = this.links.map(([name, payload]) =>
      make("button", { type: "button", class: "wide", onclick: () => this.do("link", payload) }, `${word("invited")}: ${name}`),
    );
    const start = make("button", { type: "button", class: links.length ? "wide plain" : "wide", onclick: () => this.do("send", "/start") }, word("start"));
    return this.invitations.replaceChildren(...links, start);
  }

  drawKeys(view) {
    const text = JSON.stringify([view.keyboard, view.blocked, document.documentElement.lang]);
    if (this.keysText === text) return;
    this.keysText = text;
    const rows = view.keyboard.map((row) =>
      make("div", { class: "keys" }, ...row.map((label) => make("button", { type: "button", lang: tongue(label), onclick: () => this.do("tap", label) }, label))),
    );
    this.keys.replaceChildren(...rows);
    this.form.classList.toggle("off", view.blocked);
    if (view.blocked) {
      const back = make("button", { type: "button", onclick: () => this.do("block", false) }, word("unblock"));
      this.keys.replaceChildren(make("p", { class: "empty" }, word("blocked")), make("div", { class: "keys" }, back));
    }
    this.keysKey.hidden = !rows.length;
    this.toggleKeys(this.keysShut);
  }

  toggleKeys(shut = !this.keysShut) {
    this.keysShut = shut;
    this.keys.hidden = shut && !this.view.blocked;
    this.keysKey.setAttribute("aria-expanded", String(!shut));
  }

  toggleTray() {
    this.tray.toggle();
    this.more.setAttribute("aria-expanded", String(!this.tray.element.hidden));
  }

  // The element that the tour points at (see steps.js), if it is on the screen now.
  control({ kind, message, labels }) {
    const named = (root) => [...root.querySelectorAll("button")].find((each) => labels.includes(bare(each.textContent)));
    const row = message ? this.log.querySelector(`[data-id="${message}"]`) : null;
    if (kind === "invitation") return this.invitations.querySelector("button");
    if (kind === "button") return row && named(row);
    if (kind === "message") return row?.querySelector(".bubble") ?? null;
    if (kind === "key") return this.keys.hidden ? this.keysKey : (named(this.keys) ?? null);
    return this.input.value ? this.sendKey : this.input;
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

  async sendMedia(items) {
    try {
      await sendMedia(this.role, items);
    } catch {
      this.say(word("not_sent"));
    }
  }

  async write() {
    const text = this.input.value.trim();
    if (!text) return;
    this.draft("");
    await this.do("send", text);
  }

  // Puts words into the field, unsent.
  draft(text) {
    this.input.value = text;
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.focus();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 120)}px`;
  }

  hidden() {
    return this.element.offsetParent === null;
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  // The visitor turns to this phone.
  look() {
    if (this.atEnd() || this.stays !== false) this.toEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    // Pictures have their size from the start, but fonts may still come.
    requestAnimationFrame(() => {
      this.log.scrollTop = this.log.scrollHeight;
    });
    if (!this.hidden() && document.hasFocus()) this.seen();
  }

  seen() {
    this.newest.hidden = true;
    this.unread = 0;
    this.onUnread(0);
  }

  unseen(more) {
    this.unread += more;
    this.newest.hidden = this.hidden() || this.atEnd();
    this.newest.textContent = `↓ ${this.unread}`;
    this.newest.setAttribute("aria-label", `${word("to_newest")} (${this.unread})`);
    this.onUnread(this.unread);
  }
}

const saidBy = (group) => group.map((each) => each.text).join("\n");

// Messages as they are shown: an album is one group, everything else a group of its own.
function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const before = groups.at(-1)?.at(-1);
    if (message.album && before?.album === message.album) groups.at(-1).push(message);
    else groups.push([message]);
  }
  return groups;
}
