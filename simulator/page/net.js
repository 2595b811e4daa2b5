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
export const sendPhoto = (role, file) => post(`/page/photo/${role}`, file);
export const moveClock = (to) => post("/page/clock", JSON.stringify({ to }));
