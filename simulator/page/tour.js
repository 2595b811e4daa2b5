// A guided tour of six steps. It points and never blocks; it moves on by what happens in the chats.
import { make, sized } from "./dom.js";
import { isDone, nextControl, STEPS } from "./steps.js";
import { word } from "./words.js";

const KEPT = "tour";

export class Tour {
  constructor(element, opener, stage, clock) {
    Object.assign(this, { element, opener, stage, clock });
    this.run = null;
    this.at = 0;
    this.target = null;
    this.ring = null;
    opener.addEventListener("click", () => this.toggle());
    addEventListener("input", () => this.look());
    this.build();
  }

  build() {
    this.dots = make("ol", { class: "steps" }, ...STEPS.map(() => make("li", {}, make("span", { class: "dot" }), make("span", { class: "name" }))));
    this.line = make("p", { id: "tour-text", "aria-live": "polite" });
    this.go = make("button", { type: "button", class: "go", onclick: () => this.lead() });
    this.fill = make("button", { type: "button", class: "go plain", onclick: () => this.write() });
    this.shut = make("button", { type: "button", class: "shut", onclick: () => this.toggle(false) }, "✕");
    this.element.append(this.dots, make("div", { class: "now" }, this.line, this.fill, this.go), this.shut);
  }

  // Begins, or goes on where this run of the demo was left.
  open(run, movable) {
    this.run = run;
    this.movable = movable;
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    this.at = kept.run === run ? kept.at : 0;
    this.shown = kept.shown ?? true;
    this.words();
  }

  toggle(shown = !this.shown) {
    this.shown = shown;
    if (!shown && this.element.contains(document.activeElement)) this.opener.focus();
    // Whoever opens a finished tour again wants to read it again: all steps stay ticked.
    this.look();
  }

  keep() {
    sessionStorage.setItem(KEPT, JSON.stringify({ run: this.run, at: this.at, shown: this.shown }));
  }

  // Looks at the chats: which step we are in, and what to point at.
  look() {
    if (this.run === null) return;
    const views = this.stage.views();
    this.element.hidden = !this.shown;
    this.opener.setAttribute("aria-expanded", String(this.shown));
    this.point(null);
    this.keep();
    if (!this.shown || ["resident", "leader", "police"].some((role) => !views[role])) return;
    while (this.at < STEPS.length && isDone(this.at, views, this.movable)) this.at += 1;
    this.next = this.clock.moving ? null : nextControl(this.at, views, this.clock.now); // while it moves there is only to wait
    this.keep();
    this.tell();
    this.point(this.find());
  }

  tell() {
    const over = this.at >= STEPS.length;
    const text = word("tour")[this.at];
    const said = over ? text : `${word("step")} ${this.at + 1}/${STEPS.length}. ${text}`;
    if (this.line.textContent !== said) this.line.textContent = said;
    [...this.dots.children].forEach((dot, at) => {
      dot.className = at < this.at ? "done" : at === this.at ? "current" : "";
      dot.firstChild.textContent = at < this.at ? "✓" : String(at + 1);
      if (at === this.at) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
    });
    this.fill.hidden = this.next?.kind !== "write" || Boolean(this.stage.phones.get(this.next.role).input.value);
    this.go.hidden = !this.next;
    this.go.textContent = word(over ? "tour_read" : "tour_go");
  }

  // The element to press next; on a small screen the tab of its phone, when that is not the one shown.
  find() {
    if (!this.next) return null;
    if (this.next.kind === "clock") return this.clock.button(this.next.to);
    if (this.stage.narrow && this.stage.chosen !== this.next.role) return this.stage.tabs.get(this.next.role);
    return this.stage.phones.get(this.next.role).control(this.next);
  }

  point(element) {
    if (this.ring === element) return;
    this.ring?.classList.remove("next");
    this.ring?.removeAttribute("aria-describedby");
    this.ring = element;
    element?.classList.add("next");
    element?.setAttribute("aria-describedby", "tour-text");
  }

  // Takes the visitor there: to the phone, and to the control.
  lead() {
    if (this.next?.role) this.stage.choose(this.next.role);
    const element = this.find();
    element?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    element?.focus({ preventScroll: true });
  }

  write() {
    const { role, fill } = this.next;
    this.stage.choose(role);
    this.stage.phones.get(role).draft(fill === "story" ? word("story") : fill);
  }

  words() {
    sized(this.opener, word("tour_open"), "?");
    this.element.setAttribute("aria-label", word("tour_open"));
    this.dots.setAttribute("aria-label", word("tour_open"));
    this.shut.setAttribute("aria-label", word("tour_close"));
    this.fill.textContent = word("tour_fill");
    [...this.dots.children].forEach((dot, at) => (dot.lastChild.textContent = word("tour_names")[at]));
    this.look();
  }
}
