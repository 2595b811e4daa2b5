// What the database holds about the resident, beside the resident's phone.
import { make } from "./dom.js";
import { word } from "./words.js";

export class Sees {
  constructor() {
    this.rows = null;
    this.name = "";
    this.title = make("span", {});
    this.count = make("span", { class: "count" });
    this.body = make("div", { class: "sees-body", tabindex: "0" });
    this.element = make("details", { class: "sees" }, make("summary", {}, this.title, this.count), this.body);
    this.element.open = matchMedia("(min-width: 980px)").matches && sessionStorage.getItem("sees") !== "closed";
    this.element.addEventListener("toggle", () => sessionStorage.setItem("sees", this.element.open ? "open" : "closed"));
  }

  beside(phone) {
    if (this.element.parentElement) return;
    phone.element.append(this.element);
    this.phone = phone;
  }

  show(rows) {
    const before = new Set((this.rows ?? rows).map((row) => JSON.stringify(row)));
    this.rows = rows;
    this.title.textContent = `${word("sees")} ${this.phone?.view?.name ?? ""}?`;
    this.body.setAttribute("aria-label", this.title.textContent);
    this.count.textContent = rows.length ? `${rows.length} ${word(rows.length === 1 ? "row" : "rows")}` : word("no_rows");
    const list = rows.map((row) =>
      make(
        "li",
        { class: before.has(JSON.stringify(row)) ? undefined : "fresh" },
        make("code", {}, row.table),
        make("span", {}, row.what),
        make("span", { class: "shown" }, row.shown),
      ),
    );
    this.body.replaceChildren(
      rows.length ? make("ul", {}, ...list) : make("p", { class: "nothing" }, word("sees_nothing")),
      make("p", { class: "note" }, word("sees_note")),
    );
  }

  words() {
    if (this.rows) this.show(this.rows);
  }
}
