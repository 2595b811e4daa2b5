// Puts the page together: the phones, the clock, the tour, what the database sees.
import { Clock } from "./clock.js";
import { sized } from "./dom.js";
import { listen } from "./net.js";
import { Sees } from "./sees.js";
import { Stage } from "./stage.js";
import { Tour } from "./tour.js";
import { currentLanguage, otherLanguage, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const stage = new Stage(byId("tabs"), byId("phones"), () => tour.look());
const clock = new Clock(byId("clock"), byId("news"), () => tour.look());
const tour = new Tour(byId("tour"), byId("tour-open"), stage, clock);
const sees = new Sees();
let run = null;

function hello(told) {
  // Another run of the demo at the same address: nothing on this page is true any more.
  if (run !== null && run !== told.run) return location.reload();
  if (run === told.run) return undefined;
  run = told.run;
  clock.offer(told.clock);
  stage.open(told);
  tour.open(run, told.clock);
  return speak();
}

function showSeen({ role, rows }) {
  sees.beside(stage.phones.get(role));
  sees.show(rows);
}

function speak() {
  const other = currentLanguage() === "vi" ? "en" : "vi";
  document.documentElement.lang = currentLanguage();
  document.title = word("title");
  byId("title").textContent = word("title");
  sized(byId("language"), word("language"), other.toUpperCase());
  byId("language").lang = other;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  clock.words();
  stage.words();
  sees.words();
  tour.words();
}

byId("language").addEventListener("click", () => {
  otherLanguage();
  speak();
});
speak();
listen(
  {
    hello,
    chat: (view) => {
      stage.show(view);
      tour.look();
    },
    clock: (now) => {
      clock.show(now);
      stage.time(now.time);
    },
    sees: showSeen,
  },
  (lost) => clock.connection(lost),
);
