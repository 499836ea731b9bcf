// Keeps what every page needs, and one page that works without the net. No page with people in it is kept here.
"use strict";
const KEPT = "assets-{{ version }}";
const SHELL = "{{ shell|escapejs }}";
const ASSETS = [{% for asset in assets %}"{{ asset|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 12000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const stale = (names) => names.filter((name) => name !== KEPT && name !== "shell");
  event.waitUntil(caches.keys().then((names) => Promise.all(stale(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (ASSETS.includes(new URL(request.url).pathname)) event.respondWith(asset(request));
});

async function page(request) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
  const asked = fetch(request);
  try {
    return await Promise.race([asked, late]);
  } catch {
    const shell = await (await caches.open("shell")).match(SHELL);
    return shell ?? asked;
  }
}

async function asset(request) {
  return (await (await caches.open(KEPT)).match(request, { ignoreSearch: true })) ?? fetch(request);
}
