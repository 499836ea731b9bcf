// What is being typed is kept on the phone while it is typed: a session that ends, a phone that dies, lose nothing.

import { get, put, remove } from "./store.js";

const PAUSE = 150;
const KEPT_FOR = 7 * 24 * 3600 * 1000;

const addressOf = () => location.pathname;

export async function keepDrafts(form, user) {
  if (!document.querySelector("#problems, #conflict")) await restore(form, user);
  let timer;
  const write = () => {
    clearTimeout(timer);
    if (form.dataset.signedOff) return;
    const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    put("drafts", { address: addressOf(), user, pairs, at: Date.now() }).catch(() => {});
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) write();
  });
}

export const dropDraft = () => remove("drafts", addressOf()).catch(() => {});

async function restore(form, user) {
  const draft = await get("drafts", addressOf()).catch(() => undefined);
  if (!draft || draft.user !== user || Date.now() - draft.at > KEPT_FOR) return;
  const before = JSON.stringify(values(form));
  fill(form, draft.pairs);
  if (JSON.stringify(values(form)) !== before) announce(form);
}

const values = (form) => [...new FormData(form)].filter(([name]) => name.includes("v-"));

/** Puts values into the fields that people fill in; hidden ones stay as the form was made. */
export function fill(form, pairs) {
  const given = new Map();
  for (const [name, text] of pairs) given.set(name, [...(given.get(name) ?? []), text]);
  for (const input of form.elements) {
    if (!input.name || input.type === "hidden" || input.name.endsWith("-do")) continue;
    const texts = given.get(input.name);
    if (input.matches("[type=radio], [type=checkbox]")) {
      if (texts || input.type === "checkbox") input.checked = texts?.includes(input.value) ?? false;
    } else if (texts) input.value = texts[0];
  }
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
