// What is kept on the phone, in IndexedDB. Every write is finished on the disk before its promise resolves.

const NAME = "wangdi";
const VERSION = 1;
/** people: by code; forms: the parts of a visit, by kind; drafts: what is being typed, by address;
 *  queue: signed-off visits that wait for the net, by the id of their first record; meta: single values, by name. */
const STORES = { people: "code", forms: "kind", drafts: "address", queue: "id", meta: "name" };

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function within(names, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    let answer;
    transaction.oncomplete = () => resolve(answer);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
    const asked = work(transaction);
    if (asked instanceof IDBRequest) asked.onsuccess = () => (answer = asked.result);
  });
}

export const get = (name, key) => within([name], "readonly", (t) => t.objectStore(name).get(key));
export const all = (name) => within([name], "readonly", (t) => t.objectStore(name).getAll());
export const put = (name, value) => within([name], "readwrite", (t) => t.objectStore(name).put(value));
export const remove = (name, key) => within([name], "readwrite", (t) => t.objectStore(name).delete(key));
export const value = async (name) => (await get("meta", name))?.value;
export const setValue = (name, content) => put("meta", { name, value: content });

/** Replaces all of a store at once: a phone that dies meanwhile has either the old content or the new. */
export const replace = (name, rows) =>
  within([name], "readwrite", (t) => {
    const store = t.objectStore(name);
    store.clear();
    rows.forEach((row) => store.put(row));
  });

export const clear = (names) => within(names, "readwrite", (t) => names.forEach((name) => t.objectStore(name).clear()));
