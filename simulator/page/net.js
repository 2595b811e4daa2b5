// The two ways between page and simulator: a stream of what the phones show, and what people do.

export function listen(handlers, onLost) {
  const stream = new EventSource("/page/events");
  for (const [name, handle] of Object.entries(handlers)) {
    stream.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  stream.addEventListener("open", () => onLost(false));
  stream.addEventListener("error", () => onLost(true));
}

async function post(path, body) {
  const response = await fetch(path, { method: "POST", body });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

export const act = (role, what, argument = null) =>
  post("/page/act", JSON.stringify({ role, do: what, argument }));

// `items` are { kind, file }: one, or 2 to 10 pictures and videos as an album.
export function sendMedia(role, items, caption = "") {
  const form = new FormData();
  for (const { kind, file } of items) form.append(kind, file, file.name);
  return post(`/page/media/${role}?caption=${encodeURIComponent(caption)}`, form);
}

export const moveClock = (to) => post("/page/clock", JSON.stringify({ to }));
