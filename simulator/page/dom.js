// Builds elements; text always goes in as text, never as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A control with long words on a wide screen and short ones on a narrow one; its name is always the long ones.
export function sized(element, long, short) {
  if (element.getAttribute("aria-label") === long) return;
  element.setAttribute("aria-label", long);
  element.replaceChildren(make("span", { class: "wide-only" }, long), make("span", { class: "narrow-only" }, short));
}
