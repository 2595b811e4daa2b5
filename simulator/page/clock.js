// The demo's clock: what time it is, moving it, and a line of news beside it.
import { sized } from "./dom.js";
import { moveClock } from "./net.js";
import { word } from "./words.js";

const MORNING = "07:00";

export class Clock {
  constructor(element, news, onMove) {
    this.element = element;
    this.newsLine = news;
    this.onMove = onMove;
    this.now = null;
    this.newsEnd = 0;
    this.lost = false;
    this.buttons = [...element.querySelectorAll("button[data-to]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.move(button.dataset.to));
  }

  // Whether the clock can be moved at all.
  offer(movable) {
    this.element.querySelector("#clock-buttons").hidden = !movable;
  }

  button(to) {
    return this.buttons.find((each) => each.dataset.to === to);
  }

  show(now) {
    this.now = now;
    this.element.querySelector("#now-time").textContent = now.time;
    this.element.querySelector("#now-day").textContent = `${word("weekdays")[now.weekday]}, ${now.day}`;
    for (const button of this.buttons) {
      const tomorrow = now.time >= button.dataset.to && button.dataset.to === MORNING;
      const whole = `${word("to")} ${button.dataset.to}${tomorrow ? ` ${word("tomorrow")}` : ""}`;
      sized(button, whole, `→ ${button.dataset.to}`);
    }
  }

  words() {
    this.element.setAttribute("aria-label", word("clock"));
    if (this.now) this.show(this.now);
  }

  async move(to) {
    this.buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    if (this.moving) return;
    this.moving = true;
    this.onMove();
    this.say(word("moving"), true);
    try {
      const now = await moveClock(to);
      this.show(now); // at once: the news of it may come later, and the tour would point here again
      this.say(`${word("moved")} ${now.time}, ${now.day}.`);
    } catch {
      this.say(word("not_moved"));
    }
    this.moving = false;
    this.buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    this.onMove();
  }

  say(text, stays = false) {
    clearTimeout(this.newsEnd);
    this.newsLine.textContent = text;
    this.newsLine.classList.toggle("on", Boolean(text));
    if (!stays) this.newsEnd = setTimeout(() => this.newsLine.classList.remove("on"), 5000);
  }

  connection(lost) {
    if (lost !== this.lost) this.say(lost ? word("lost") : "", lost);
    this.newsLine.classList.toggle("alarm", lost);
    this.lost = lost;
  }
}
