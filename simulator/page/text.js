// Text with its entities, as elements. Offsets count UTF-16 units, as JavaScript strings do.
import { make } from "./dom.js";

const VIETNAMESE = /[ăâđêôơưàáãèéìíòóõùúý\u1ea0-\u1ef9]/iu;

// The language a screen reader should speak: the page's own, but for Vietnamese words on an English page.
export const tongue = (text) => (VIETNAMESE.test(text) ? "vi" : undefined);

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

export function rich(text, entities, onCommand) {
  const root = document.createDocumentFragment();
  fill(root, text, 0, text.length, [...entities].sort(outerFirst), onCommand);
  return root;
}

const outerFirst = (a, b) => a.offset - b.offset || b.length - a.length;

function fill(parent, text, start, end, entities, onCommand) {
  let at = start;
  while (entities.length && entities[0].offset < end) {
    const entity = entities.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at) continue;
    parent.append(text.slice(at, entity.offset));
    const element = shell(entity, text.slice(entity.offset, stop), onCommand);
    fill(element, text, entity.offset, stop, entities, onCommand);
    parent.append(element);
    at = stop;
  }
  parent.append(text.slice(at, end));
}

function shell(entity, words, onCommand) {
  if (entity.type === "bot_command") {
    return make("button", { type: "button", class: "link", onclick: () => onCommand(words) });
  }
  if (entity.type === "spoiler") {
    const element = make("span", { class: "spoiler", tabindex: "0", role: "button" });
    const show = () => element.classList.add("shown");
    element.addEventListener("click", show);
    element.addEventListener("keydown", (event) => event.key === "Enter" && show());
    return element;
  }
  const address = entity.type === "text_link" ? entity.url : entity.type === "url" ? words : null;
  if (address && /^https?:/.test(address)) {
    return make("a", { href: address, target: "_blank", rel: "noreferrer noopener" });
  }
  return make(TAGS[entity.type] ?? "span");
}
