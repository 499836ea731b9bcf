// Visits that were signed off and wait for the net: sent in order, each saved once, kept until the server has it.

import { all, get, put, remove } from "./store.js";

/** UUID version 7 (RFC 9562): milliseconds first, so that ids follow the order of writing. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The entries of the one who is signed in, in the order in which they were signed off. */
export async function waiting(user) {
  return (await all("queue")).filter((entry) => entry.user === user).sort((a, b) => a.at - b.at);
}

/** What a form would send. Its key is the id of its first record: signing it off again replaces the entry. */
export function entryOf(form, user) {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const first = pairs.find(([name]) => name === "id" || name.endsWith("-id"));
  const titles = [...form.querySelectorAll(".part")].map((part) => part.dataset.title).filter(Boolean);
  return {
    id: first ? first[1] : newId(),
    user,
    address: form.dataset.address || location.pathname + location.search,
    about: form.dataset.about ?? "",
    titles,
    pairs,
    at: Date.now(),
    state: "waiting",
    problems: {},
  };
}

const PATIENCE = 30000;

async function ask(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(address, { ...options, signal: stop.signal, credentials: "same-origin" });
  } finally {
    clearTimeout(timer);
  }
}

/** Who is signed in, and the token that forms need; "away" without the net, "signed-out" where nobody is. */
export async function session() {
  const answer = await ask("/phone/session/", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer === null || answer.status >= 500) return "away";
  if (!answer.ok || answer.redirected) return "signed-out";
  return answer.json().catch(() => "away");
}

/** Sends one entry. Returns "saved", "refused", "conflict", "signed-out" or "away"; the entry goes only when saved. */
export async function deliver(entry) {
  const known = await session();
  if (typeof known === "string") return known;
  if (String(known.user) !== entry.user) return "signed-out";
  const body = new URLSearchParams(entry.pairs);
  const headers = { Accept: "application/json", "X-CSRFToken": known.token };
  const answer = await ask(entry.address, { method: "POST", body, headers }).catch(() => null);
  if (answer === null || answer.status >= 500) return "away";
  const isData = answer.headers.get("Content-Type")?.startsWith("application/json");
  const told = isData ? await answer.json().catch(() => null) : null;
  if (answer.ok && told?.status === "saved") {
    entry.next = told.next;
    await remove("queue", entry.id);
    return "saved";
  }
  if (answer.redirected) return "signed-out";
  const state = told?.status === "conflict" ? "conflict" : "refused";
  const now = await get("queue", entry.id);
  if (now) await put("queue", { ...now, state, problems: told?.problems ?? {}, status: answer.status });
  return state;
}

let sending = null;

/** Sends what waits, oldest first, and stops where the net is away. What was refused waits for its writer. */
export function send(user) {
  sending ??= sendAll(user).finally(() => (sending = null));
  return sending;
}

async function sendAll(user) {
  let saved = 0;
  for (const entry of await waiting(user)) {
    if (entry.state !== "waiting") continue;
    const came = await deliver(entry);
    if (came === "away" || came === "signed-out") return { saved, stopped: came };
    if (came === "saved") saved += 1;
  }
  return { saved, stopped: null };
}
