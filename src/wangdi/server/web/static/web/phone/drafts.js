// What is being typed is kept on the phone while it is typed: a session that ends, a phone that dies, lose nothing.

import { all, get, put, remove } from "./store.js";

const PAUSE = 150;
/** A day: computers of an institution are shared, and what was typed yesterday has been recorded or given up. */
const KEPT_FOR = 24 * 3600 * 1000;

const addressOf = () => location.pathname;

/** Listens from the start; writes once `settled` says whose drafts these are. What was typed until then stays as typed. */
export async function keepDrafts(form, user, settled) {
  const typed = new Set(typedAlready(form));
  let ready = false;
  let timer;
  const write = () => {
    clearTimeout(timer);
    if (form.dataset.signedOff) return;
    const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    put("drafts", { address: addressOf(), user, pairs, at: Date.now() }).catch(() => {});
  };
  const writeSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE);
  };
  form.addEventListener("input", (event) => {
    if (ready) writeSoon();
    else typed.add(event.target.name);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) write();
  });
  await settled;
  if (!document.querySelector("#problems, #conflict")) await restore(form, user, typed);
  ready = true;
  if (typed.size) writeSoon();
}

/** The fields that somebody filled in before this script had come over a slow net. */
const typedAlready = (form) =>
  [...form.elements].filter((input) => input.type !== "hidden" && "defaultValue" in input && input.value !== input.defaultValue).map(({ name }) => name);

export const dropDraft = () => remove("drafts", addressOf()).catch(() => {});

/** What is too old leaves the disk, too. */
export async function dropOld() {
  for (const draft of await all("drafts")) {
    if (Date.now() - draft.at > KEPT_FOR) await remove("drafts", draft.address);
  }
}

async function restore(form, user, typed) {
  const draft = await get("drafts", addressOf()).catch(() => undefined);
  if (!draft || draft.user !== user) return;
  const before = JSON.stringify(values(form));
  fill(form, draft.pairs, typed);
  if (JSON.stringify(values(form)) !== before) announce(form);
}

const values = (form) => [...new FormData(form)].filter(([name]) => name.includes("v-"));

/** Puts values into the fields that people fill in; hidden ones, and those named in `kept`, stay as they are. */
export function fill(form, pairs, kept = new Set()) {
  const given = new Map();
  for (const [name, text] of pairs) given.set(name, [...(given.get(name) ?? []), text]);
  for (const input of form.elements) {
    if (!input.name || kept.has(input.name) || input.type === "hidden" || input.name.endsWith("-do")) continue;
    const texts = given.get(input.name);
    if (input.matches("[type=radio], [type=checkbox]")) {
      if (texts || input.type === "checkbox") input.checked = texts?.includes(input.value) ?? false;
    } else if (texts) input.value = texts[0];
  }
  document.dispatchEvent(new Event("wangdi:filled"));
}

function announce(form) {
  const words = document.querySelector("#phone-words").dataset;
  const note = Object.assign(document.createElement("p"), { className: "message draft", textContent: `${words.restored} ` });
  note.setAttribute("role", "status");
  const away = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.discard });
  away.addEventListener("click", async () => {
    await dropDraft();
    form.dataset.signedOff = "yes";
    location.reload();
  });
  note.append(away);
  form.prepend(note);
}
