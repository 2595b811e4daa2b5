// The tour's six steps, read off what really happened in the chats: what is done, and what to press next.
// Labels as the bot writes them, Vietnamese first (locales/*/chat.toml).
const LABELS = {
  start: ["Bắt đầu", "Start"],
  agree: ["Đồng ý", "I agree"],
  tip: ["Báo tin", "Send a tip"],
  yes_tip: ["Đúng, báo tin", "Yes, send a tip"],
  category: ["Giao thông, mất trật tự, rác thải", "Traffic, disorder, rubbish"],
  send: ["Gửi", "Send"],
  hidden: ["Giấu tên", "Hide my name"],
  receive: ["Tiếp nhận", "Receive"],
  queue: ["Tin chờ", "Waiting tips"],
  check: ["Kiểm tra an toàn", "Safety check"],
  all_ok: ["Đạt tất cả", "All fine"],
};
const RECEIPT = /Mã tin: |Tip code: /;
const RECEIVED = /tiếp nhận lúc|received it at/;
const CHECKED = /Xong tháng|Đã ghi tháng|Đã xong từ|Month .+ (done|entered)/;
const SUMMARY = /^(?:Tổng hợp ngày|Summary of) (\d\d\/\d\d\/\d{4})/;

export const STEPS = ["agree", "tell", "hide", "receive", "check", "morning"];

const bare = (label) => label.normalize("NFC").replace(/^[^\p{L}]+/u, "");
const called = (text, name) => LABELS[name].includes(bare(text));
const said = (view, pattern) => view.messages.findLast((each) => !each.mine && pattern.test(each.text));
const buttonsOf = (message) => message.buttons.flat().filter((button) => button.callback_data !== undefined);
const has = (message, name) => buttonsOf(message).some((button) => called(button.text, name));
const hasKey = (view, name) => view.keyboard.flat().some((text) => called(text, name));

// Whether step `at` is behind us, by what the three phones show.
export function isDone(at, { resident, leader, police }, clock) {
  const receipt = said(resident, RECEIPT);
  const asked = resident.messages.some((each) => has(each, "hidden"));
  return [
    () => resident.keyboard.length > 0,
    () => Boolean(receipt || asked),
    () => Boolean(receipt),
    () => Boolean(said(police, RECEIVED)),
    () => Boolean(said(leader, CHECKED)),
    () => !clock || Boolean(summaryOf(police, receipt?.day)),
  ][at]();
}

// The police's summary of a day; without a day, any.
export function summaryOf(police, day) {
  return police.messages.findLast((each) => !each.mine && SUMMARY.test(each.text) && (!day || SUMMARY.exec(each.text)[1] === day));
}

// What the bot offers now: the newest of its messages since the person last wrote that has one of these buttons.
function offered(view, names) {
  const since = view.messages.findLastIndex((each) => each.mine);
  for (const message of view.messages.slice(since + 1).reverse()) {
    const name = names.find((each) => has(message, each));
    if (name) return { message: message.id, name };
  }
  return null;
}

function button(role, offer) {
  return { role, kind: "button", message: offer.message, labels: LABELS[offer.name] };
}

const key = (role, name) => ({ role, kind: "key", labels: LABELS[name] });

function toAgree({ resident }) {
  if (!resident.started) return { role: "resident", kind: "invitation" };
  const offer = offered(resident, ["agree", "start"]);
  return offer ? button("resident", offer) : { role: "resident", kind: "write", fill: "bac hong" };
}

function toTell({ resident }) {
  const offer = offered(resident, ["yes_tip", "send", "category"]);
  if (!offer) return key("resident", "tip");
  const last = resident.messages.findLast((each) => each.mine);
  const told = last && !resident.keyboard.flat().includes(last.text) && !/^(\/|\d$)/.test(last.text);
  if (offer.name === "send" && !told) return { role: "resident", kind: "write", fill: "story" };
  return button("resident", offer);
}

function toHide({ resident }) {
  const asked = resident.messages.findLast((each) => has(each, "hidden"));
  return asked ? button("resident", { message: asked.id, name: "hidden" }) : key("resident", "tip");
}

function toReceive({ police }) {
  const card = police.messages.findLast((each) => has(each, "receive"));
  return card ? button("police", { message: card.id, name: "receive" }) : key("police", "queue");
}

function toCheck({ leader }) {
  const offer = offered(leader, ["all_ok"]);
  if (offer) return button("leader", offer);
  return hasKey(leader, "check") ? key("leader", "check") : { role: "leader", kind: "write", fill: "/diemdanh" };
}

// Once the next morning has come its summary is on its way: pressing again would end on another day.
function toMorning({ resident }, now) {
  const day = said(resident, RECEIPT)?.day;
  const come = day && now && sortable(now.day) > sortable(day) && now.time >= "07:00";
  return come ? null : { role: null, kind: "clock", to: "07:00" };
}

const sortable = (day) => day.split("/").reverse().join("-");
const NEXT = [toAgree, toTell, toHide, toReceive, toCheck, toMorning];

// What to press next in step `at` at the clock's `now`, null while there is only to wait; after the last step, what to read.
export function nextControl(at, views, now) {
  if (at < STEPS.length) return NEXT[at](views, now);
  const summary = summaryOf(views.police);
  return summary ? { role: "police", kind: "message", message: summary.id } : null;
}

export { bare };
