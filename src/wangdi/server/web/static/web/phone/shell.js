// The page that opens without the net: today's list, a visit's form and the queue, from what the phone keeps.

import { fill } from "./drafts.js";
import { newId, send, session, waiting } from "./queue.js";
import { all, get, remove, value } from "./store.js";
import { showAnswer } from "./page.js";

const user = document.body.dataset.user ?? "";
const words = document.querySelector("#shell-words").dataset;
const STATES = { waiting: words.stateWaiting, refused: words.stateRefused, conflict: words.stateConflict };
const place = document.querySelector("#offline");
const VISIT = /^\/residents\/([^/]+)\/(?:visit|record\/([^/]+))\/$/;
const PEOPLE_SHOWN = 60;

const today = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
};
const copy = (name) => document.querySelector(`#t-${name}`).content.firstElementChild.cloneNode(true);
const set = (node, part, text) => {
  const found = node.querySelector(`[data-part=${part}]`);
  if (found) found.textContent = text ?? "";
  return found;
};
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

async function start() {
  if ((await value("user")) !== user || !user) return sayOnly(words.nothing);
  const visit = VISIT.exec(location.pathname);
  if (visit) return showVisit(decodeURIComponent(visit[1]), visit[2]);
  await showQueue();
  await showList();
}

function sayOnly(text) {
  place.replaceChildren(Object.assign(document.createElement("p"), { className: "card", textContent: text }));
}

// -- the queue ----------------------------------------------------------------------------------------

async function showQueue() {
  const box = document.querySelector("#queue");
  const entries = await waiting(user);
  box.hidden = entries.length === 0;
  set(box, "count", entries.length);
  box.querySelector("ol").replaceChildren(...entries.map(queued));
  box.querySelector("[data-part=send]").onclick = async () => {
    const sent = await send(user);
    set(box, "answer", sent.stopped === "away" ? words.away : sent.stopped ? words.signedout : "");
    await showQueue();
    await showList();
  };
}

function queued(entry) {
  const row = copy("entry");
  set(row, "about", entry.about);
  set(row, "titles", entry.titles.join(words.and));
  set(row, "state", STATES[entry.state]);
  row.querySelector("[data-part=state]").classList.toggle("overdue", entry.state !== "waiting");
  const problems = Object.values(entry.problems ?? {});
  set(row, "problems", problems.join(words.and));
  row.querySelector("[data-part=open]").href = `${new URL(entry.address, location.origin).pathname}?entry=${entry.id}`;
  row.querySelector("[data-part=mend]").hidden = entry.state === "waiting";
  row.querySelector("[data-part=mend]").onclick = () => mend(entry);
  row.querySelector("[data-part=drop]").onclick = async () => {
    if (!confirm(say(words.drop, { name: entry.about }))) return;
    await remove("queue", entry.id);
    await showQueue();
  };
  return row;
}

/** With the net: the server's page, which has problems at their fields and conflicts side by side. */
async function mend(entry) {
  const known = await session();
  if (typeof known === "string") return location.assign(`${new URL(entry.address, location.origin).pathname}?entry=${entry.id}`);
  const form = document.createElement("form");
  form.append(Object.assign(document.createElement("input"), { name: "csrfmiddlewaretoken", value: known.token }));
  return showAnswer(form, entry);
}

// -- the list -----------------------------------------------------------------------------------------

async function showList() {
  const people = (await all("people")).sort((a, b) => a.place - b.place);
  if (people.length === 0) return sayOnly((await value("fetched")) === 0 ? words.expired : words.nothing);
  const done = new Set((await waiting(user)).flatMap((entry) => kindsOf(entry).map((kind) => `${entry.address.split("/")[2]} ${kind}`)));
  const search = document.querySelector("#q");
  const show = () => {
    const name = search.value.trim();
    const found = people.filter((one) => (name ? one.name.includes(name) : left(one, done).length));
    place.replaceChildren(...households(found.slice(0, PEOPLE_SHOWN), done));
    set(document, "shown", found.length > PEOPLE_SHOWN ? say(words.shown, { n: PEOPLE_SHOWN, all: found.length }) : "");
  };
  search.oninput = show;
  const open = people.flatMap((one) => left(one, done));
  set(document, "overdue", open.filter((item) => status(item) === "overdue").length);
  set(document, "due", open.filter((item) => status(item) === "due").length);
  set(document, "done", (await waiting(user)).length);
  set(document, "as-of", say(words.asof, { day: await value("as-of"), area: await value("area") }));
  show();
}

const kindsOf = (entry) => entry.pairs.filter(([name]) => name === "kind").map(([, kind]) => kind);
const status = (item) => (item.overdue_from <= today() ? "overdue" : item.due_from <= today() ? "due" : "upcoming");
const left = (one, done) =>
  one.items.filter((item) => status(item) !== "upcoming" && !(item.missed_from && item.missed_from <= today()) && !done.has(`${one.code} ${item.kind}`));

function households(people, done) {
  const homes = new Map();
  for (const one of people) homes.set(one.home, [...(homes.get(one.home) ?? []), one]);
  return [...homes.values()].map((members) => {
    const home = copy("home");
    set(home, "household", members.length > 1 ? say(words.household, { name: members[0].name, n: members.length }) : "");
    set(home, "address", members[0].address);
    home.append(...members.map((one) => person(one, done)));
    return home;
  });
}

function person(one, done) {
  const node = copy("person");
  set(node, "name", one.name);
  set(node, "who", one.who);
  node.querySelector("[data-part=visit]").href = `/residents/${one.code}/visit/`;
  node.querySelector("ul").append(...left(one, done).map((item) => openItem(one, item)));
  return node;
}

// Months from three on, years from two on, as on the pages of the server.
function lateness(due) {
  const days = Math.floor((Date.parse(today()) - Date.parse(due)) / 86400000);
  if (days >= 730) return say(words.lateYears, { n: Math.floor(days / 365) });
  if (days >= 92) return say(words.lateMonths, { n: Math.floor(days / 30) });
  return say(words.late, { n: days });
}

function openItem(one, item) {
  const node = copy("item");
  node.className = status(item);
  set(node, "title", item.title);
  set(node, "when", status(item) === "overdue" ? lateness(item.due_on) : say(words.by, { day: item.due_on }));
  set(node, "because", item.because);
  node.querySelector("a").href = `/residents/${one.code}/visit/?kind=${item.kind}`;
  return node;
}

// -- a visit ------------------------------------------------------------------------------------------

async function showVisit(code, only) {
  document.querySelectorAll(".list-only").forEach((node) => (node.hidden = true));
  const one = await get("people", code);
  if (!one) return sayOnly(words.unknown);
  const query = new URLSearchParams(location.search);
  const entry = query.has("entry") ? await get("queue", query.get("entry")) : undefined;
  const asked = entry ? kindsOf(entry) : only ? [only] : query.getAll("kind");
  const kinds = asked.length ? asked : left(one, new Set()).map((item) => item.kind);
  const form = copy("form");
  form.dataset.about = one.name;
  set(form, "name", one.name);
  set(form, "who", one.who);
  form.querySelector("[data-part=envelope]").innerHTML = await value("envelope");
  form.querySelector("[name=occurred_on]").value = today();
  form.querySelector("[name=occurred_on]").max = today();
  for (const kind of new Set(kinds)) await addPart(form, one, kind);
  form.dataset.address = `/residents/${code}/visit/?${[...new Set(kinds)].map((kind) => `kind=${kind}`).join("&")}`;
  place.replaceChildren(form);
  await offerMore(form, one, new Set(kinds));
  if (entry) resume(form, entry);
  document.dispatchEvent(new CustomEvent("wangdi:form", { detail: form }));
}

async function addPart(form, one, kind) {
  const kept = await get("forms", kind);
  if (!kept) return;
  const parts = form.querySelector("#parts");
  const there = new Set([...parts.querySelectorAll("[name]")].map((input) => input.name));
  parts.insertAdjacentHTML("beforeend", kept.html);
  const part = parts.lastElementChild;
  part.querySelector(`[name="${kind}-id"]`).value = newId();
  const seen = part.querySelector(`[name="${kind}-seen"]`);
  if (seen) seen.value = one.seen[kind] ?? 0;
  for (const field of part.querySelectorAll(".field")) {
    const name = field.querySelector("[name]")?.name;
    if (there.has(name)) field.remove();
    else showLast(field, one.last[kind]?.values[name]);
  }
}

function showLast(field, last) {
  if (!last) return;
  const button = copy("last");
  button.append(last.shown);
  button.dataset.use = JSON.stringify(last.typed);
  (field.querySelector("legend") ?? field.querySelector(".hint")).append(" ", button);
}

async function offerMore(form, one, there) {
  const box = form.querySelector("[data-part=more]");
  const kept = await all("forms");
  const links = kept.filter((entry) => !there.has(entry.kind)).map((entry) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: `+ ${entry.title}` });
    button.onclick = async () => {
      await addPart(form, one, entry.kind);
      form.dataset.address += `&kind=${entry.kind}`;
      button.remove();
    };
    return button;
  });
  box.replaceChildren(...links);
}

/** An entry that waits is opened again as it was signed off, with what the server said of it at its fields. */
function resume(form, entry) {
  fill(form, entry.pairs);
  for (const [name, text] of entry.pairs) {
    const hidden = form.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
    if (hidden && name !== "kind") hidden.value = text;
  }
  for (const [name, message] of Object.entries(entry.problems ?? {})) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`)?.closest(".field");
    if (!field) continue;
    field.classList.add("wrong");
    field.append(Object.assign(document.createElement("p"), { className: "problem", textContent: message }));
  }
}

start().catch((error) => sayOnly(String(error)));
