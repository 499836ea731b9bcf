// On every page: keeps drafts, sends what waits, says how much does, and wipes what belongs to somebody else.

import { dropDraft, dropOld, keepDrafts } from "./drafts.js";
import { deliver, entryOf, send, waiting } from "./queue.js";
import { clear, put, setValue, value } from "./store.js";
import { refresh } from "./village.js";

const user = document.body.dataset.user ?? "";
const words = document.querySelector("#phone-words").dataset;

/** The people and forms of a village go with the session; drafts go when another user comes; the queue never goes unsent. */
async function settle() {
  const owner = await value("user");
  const expired = ((await value("expires")) ?? Infinity) < Date.now();
  if (owner !== user || expired) await wipe(["people", "forms"]);
  const drafter = await value("drafts-of");
  if (user && drafter && drafter !== user) await clear(["drafts"]);
  await dropOld();
  await setValue("user", user);
  if (user) await setValue("drafts-of", user);
}

async function wipe(stores) {
  await clear(stores);
  await setValue("fetched", 0);
  await setValue("expires", null);
  if (window.caches) await caches.delete("shell");
}

async function showWaiting() {
  const place = document.querySelector("#waiting");
  if (!place || !user) return;
  const entries = await waiting(user);
  place.hidden = entries.length === 0;
  place.textContent = words.waiting.replace("{n}", entries.length);
}

async function signOff(form) {
  const entry = entryOf(form, user);
  await put("queue", entry);
  form.dataset.signedOff = "yes";
  await dropDraft();
  const came = await deliver(entry);
  if (came === "saved") return location.assign(entry.next || form.dataset.next || "/today/");
  if (came === "refused" || came === "conflict") return showAnswer(form, entry);
  if (came === "signed-out") return location.assign(`/sign-in/?next=${encodeURIComponent("/today/")}`);
  return location.assign("/phone/");
}

/** The page that shows problems and conflicts is the server's: the form goes there as it would without a script. */
export function showAnswer(form, entry) {
  const sent = document.createElement("form");
  Object.assign(sent, { method: "post", action: entry.address, hidden: true });
  const token = form?.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const pairs = [...entry.pairs, ["csrfmiddlewaretoken", token ?? ""]];
  for (const [name, text] of pairs) sent.append(Object.assign(document.createElement("input"), { name, value: text, type: "hidden" }));
  document.body.append(sent);
  sent.submit();
}

function listen() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".record-form[data-about]") || !user) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    signOff(form).catch(() => form.submit());
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sign-out]")) return;
    event.preventDefault();
    leave(event.target);
  });
  document.addEventListener("wangdi:form", (event) => keepDrafts(event.detail, user));
  window.addEventListener("online", () => send(user).then(showWaiting));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach((form) => delete form.dataset.busy));
}

async function leave(form) {
  await send(user).catch(() => null);
  const left = (await waiting(user).catch(() => [])).length;
  if (left && !confirm(words.leaving.replace("{n}", left))) return;
  await wipe(["people", "forms", "drafts"]).catch(() => null);
  await setValue("user", "").catch(() => null);
  form.submit();
}

async function start() {
  listen();
  const form = document.querySelector(".record-form");
  const settled = settle();
  await Promise.all([settled, form && user ? keepDrafts(form, user, settled) : null]);
  await showWaiting();
  if (!user) return;
  if (navigator.serviceWorker && window.isSecureContext) await navigator.serviceWorker.register("/sw.js");
  const sent = await send(user);
  await showWaiting();
  if (sent.saved && !form) location.reload();
  if (document.querySelector("#village")) await refresh(user);
}

start().catch((error) => console.warn("phone", error));
