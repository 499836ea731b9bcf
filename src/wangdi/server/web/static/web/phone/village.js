// The people with something open, the other residents and the forms of one's village, fetched anew once in a while.

import { replace, setValue, value } from "./store.js";

const FRESH_FOR = 20 * 60 * 1000;
const KEPT_FOR = 7 * 24 * 3600 * 1000;

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** All of it, or nothing: what is there stays until the new content has come whole. */
export async function refresh(user) {
  if ((await value("fetched")) > Date.now() - FRESH_FOR) return;
  const people = new Map();
  let first;
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const part = await read(`/phone/people/?page=${page}`);
    if (String(part.user) !== user) return;
    first ??= part;
    pages = part.pages;
    for (const one of part.people) people.set(one.code, { ...one, place: people.size });
  }
  for (const one of first.others) if (!people.has(one.code)) people.set(one.code, { ...one, items: [], last: {}, seen: {}, place: people.size });
  const forms = await read("/phone/forms/");
  await replace("people", [...people.values()]);
  await replace("forms", forms.forms);
  await setValue("envelope", forms.envelope);
  await setValue("area", first.area);
  await setValue("as-of", first.as_of);
  await setValue("expires", Date.now() + KEPT_FOR);
  await setValue("fetched", Date.now());
  if (window.caches) await (await caches.open("shell")).add("/phone/");
}
