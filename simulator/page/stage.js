// The phones side by side, or one at a time with tabs and swiping.
import { make } from "./dom.js";
import { Phone } from "./phone.js";
import { word } from "./words.js";

const FAR = 60; // pixels a finger travels before it is a swipe

export class Stage {
  constructor(tabList, floor, onChoose) {
    this.tabList = tabList;
    this.floor = floor;
    this.onChoose = onChoose;
    this.phones = new Map();
    this.tabs = new Map();
    this.chosen = null;
    this.swiping = null;
    floor.addEventListener("touchstart", (event) => this.touch(event), { passive: true });
    floor.addEventListener("touchend", (event) => this.release(event), { passive: true });
    addEventListener("focus", () => this.phones.get(this.chosen)?.look());
  }

  open({ bot, roles, links }) {
    for (const role of roles) {
      const phone = new Phone(role, bot, links[role], (count) => this.unread(role, count));
      const tab = make("button", { type: "button", role: "tab", id: `tab-${role}`, "aria-controls": `phone-${role}` });
      tab.addEventListener("click", () => this.choose(role));
      tab.addEventListener("keydown", (event) => this.moveTab(event, role));
      this.phones.set(role, phone);
      this.tabs.set(role, tab);
      this.floor.append(phone.element);
      this.tabList.append(tab);
    }
    const before = sessionStorage.getItem("role");
    this.choose(roles.includes(before) ? before : roles[0]);
  }

  show(view) {
    this.phones.get(view.role)?.show(view);
  }

  time(time) {
    for (const phone of this.phones.values()) phone.time.textContent = time;
  }

  views() {
    return Object.fromEntries([...this.phones].map(([role, phone]) => [role, phone.view]));
  }

  // Whether only one phone is on the screen.
  get narrow() {
    return this.tabList.offsetParent !== null;
  }

  choose(role) {
    const roles = [...this.phones.keys()];
    const ahead = roles.indexOf(role) >= roles.indexOf(this.chosen);
    const moved = this.chosen !== null && this.chosen !== role;
    this.chosen = role;
    sessionStorage.setItem("role", role);
    for (const [name, tab] of this.tabs) {
      tab.setAttribute("aria-selected", String(name === role));
      tab.tabIndex = name === role ? 0 : -1;
      const { classList } = this.phones.get(name).element;
      classList.toggle("chosen", name === role);
      classList.remove("from-left", "from-right");
      if (moved && name === role) classList.add(ahead ? "from-right" : "from-left");
    }
    this.phones.get(role).look();
    this.onChoose();
  }

  moveTab(event, role) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const roles = [...this.tabs.keys()];
    const next = roles[(roles.indexOf(role) + step + roles.length) % roles.length];
    this.choose(next);
    this.tabs.get(next).focus();
  }

  touch(event) {
    const [finger] = event.touches;
    this.swiping = event.touches.length === 1 && this.narrow ? { x: finger.clientX, y: finger.clientY } : null;
  }

  release(event) {
    const start = this.swiping;
    this.swiping = null;
    if (!start || getSelection()?.toString()) return;
    const [finger] = event.changedTouches;
    const [right, down] = [finger.clientX - start.x, finger.clientY - start.y];
    if (Math.abs(right) < FAR || Math.abs(right) < 2 * Math.abs(down)) return;
    const roles = [...this.phones.keys()];
    const next = roles[roles.indexOf(this.chosen) + (right < 0 ? 1 : -1)];
    if (next) this.choose(next);
  }

  unread(role, count) {
    const tab = this.tabs.get(role);
    tab.dataset.unread = count > 99 ? "99+" : String(count);
    tab.classList.toggle("unread", count > 0);
    tab.setAttribute("aria-label", count ? `${word(role)}, ${count} ${word("new_messages")}` : word(role));
  }

  words() {
    this.tabList.setAttribute("aria-label", word("phones"));
    for (const [role, tab] of this.tabs) {
      tab.textContent = word(role);
      const phone = this.phones.get(role);
      phone.words();
      this.unread(role, phone.unread);
    }
  }
}
