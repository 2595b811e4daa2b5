// Puts the page together: the phones, the tabs, the clock, the hints.
import { make } from "./dom.js";
import { listen, moveClock } from "./net.js";
import { Phone } from "./phone.js";
import { currentLanguage, otherLanguage, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const phones = new Map();
const tabs = new Map();
let chosen = null;
let lastClock = null;

function hello({ bot, roles, clock, links }) {
  byId("clock-buttons").hidden = !clock;
  if (phones.size) return;
  for (const role of roles) {
    const phone = new Phone(role, bot, links[role], markUnread);
    const tab = make("button", { type: "button", role: "tab", id: `tab-${role}`, "aria-controls": `phone-${role}` });
    tab.addEventListener("click", () => choose(role));
    tab.addEventListener("keydown", (event) => moveTab(event, role));
    phones.set(role, phone);
    tabs.set(role, tab);
    byId("phones").append(phone.element);
    byId("tabs").append(tab);
  }
  speak();
  choose(roles.includes(sessionStorage.getItem("role")) ? sessionStorage.getItem("role") : roles[0]);
}

function choose(role) {
  chosen = role;
  sessionStorage.setItem("role", role);
  for (const [name, tab] of tabs) {
    tab.setAttribute("aria-selected", String(name === role));
    tab.tabIndex = name === role ? 0 : -1;
    phones.get(name).element.classList.toggle("chosen", name === role);
  }
  phones.get(role).toEnd();
}

function moveTab(event, role) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const roles = [...tabs.keys()];
  const next = roles[(roles.indexOf(role) + step + roles.length) % roles.length];
  choose(next);
  tabs.get(next).focus();
}

function markUnread(role, unread) {
  const tab = tabs.get(role);
  if (!tab || (unread && role === chosen && !phones.get(role).hidden() && document.hasFocus() && phones.get(role).atEnd())) return;
  tab.classList.toggle("unread", unread);
  tab.setAttribute("aria-label", unread ? `${word(role)}, ${word("new_messages")}` : word(role));
}

function speak() {
  document.documentElement.lang = currentLanguage();
  document.title = word("title");
  byId("title").textContent = word("title");
  byId("language").textContent = word("language");
  byId("language").lang = currentLanguage() === "vi" ? "en" : "vi";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  byId("steps").replaceChildren(...word("steps").map((step) => make("li", {}, step)));
  for (const [role, tab] of tabs) tab.textContent = word(role);
  for (const phone of phones.values()) phone.words();
  if (lastClock) showClock(lastClock);
}

function showClock(clock) {
  lastClock = clock;
  byId("now-time").textContent = clock.time;
  byId("now-day").textContent = `${word("weekdays")[clock.weekday]}, ${clock.day}`;
}

let newsEnd = 0;
function news(text, stays = false) {
  clearTimeout(newsEnd);
  byId("news").textContent = text;
  byId("news").classList.toggle("on", Boolean(text));
  if (!stays) newsEnd = setTimeout(() => byId("news").classList.remove("on"), 4000);
}

async function advance(event) {
  const to = event.target.closest("button")?.dataset.to;
  if (!to) return;
  const buttons = byId("clock-buttons").querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  news(word("moving"), true);
  try {
    const { now } = await moveClock(to);
    news(`${word("moved")} ${now.slice(11, 16)}, ${now.slice(8, 10)}/${now.slice(5, 7)}/${now.slice(0, 4)}.`);
  } catch {
    news(word("not_moved"));
  }
  buttons.forEach((button) => (button.disabled = false));
}

let lost = false;
function connection(isLost) {
  if (isLost !== lost) news(isLost ? word("lost") : "", isLost);
  lost = isLost;
}

byId("language").addEventListener("click", () => {
  otherLanguage();
  speak();
});
byId("clock-buttons").addEventListener("click", advance);
if (localStorage.getItem("hints") === "closed" || (innerWidth < 700 && localStorage.getItem("hints") !== "open")) byId("hints").open = false;
byId("hints").addEventListener("toggle", () => localStorage.setItem("hints", byId("hints").open ? "open" : "closed"));
speak();
listen({ hello, chat: (view) => phones.get(view.role)?.show(view), clock: showClock }, connection);
