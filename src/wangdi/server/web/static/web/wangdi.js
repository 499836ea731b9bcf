// Says at once when a number lies outside the limits its field declares; the server decides again on saving.
"use strict";

function problemOf(input) {
  const text = input.value.normalize("NFKC").trim();
  if (text === "") return "";
  const number = Number(text);
  const tooSmall = "min" in input.dataset && number < Number(input.dataset.min);
  const tooLarge = "max" in input.dataset && number > Number(input.dataset.max);
  const notWhole = "whole" in input.dataset && !Number.isInteger(number);
  return Number.isNaN(number) || tooSmall || tooLarge || notWhole ? input.dataset.wrong : "";
}

function showProblem(input) {
  const field = input.closest(".field");
  const message = problemOf(input);
  field.classList.toggle("wrong", message !== "");
  input.setAttribute("aria-invalid", String(message !== ""));
  let place = field.querySelector(".problem");
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "problem" });
    place.setAttribute("role", "status");
    field.append(place);
  }
  place.textContent = message;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-wrong]")) showProblem(event.target);
});

document.addEventListener("input", (event) => {
  // While a number is still being typed it is only ever declared right, or wrong when it is already too large.
  const input = event.target;
  if (!input.matches("input[data-wrong]")) return;
  if (problemOf(input) === "" || Number(input.value) > Number(input.dataset.max ?? Infinity)) showProblem(input);
});

document.addEventListener("submit", (event) => {
  // A second tap while the first is on its way; the record's id makes repeats harmless anyway.
  if (!event.target.matches(".record-form")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelector("#conflict, #problems")?.focus();
});

// Passkeys: where the browser has none the button would only disappoint; what goes wrong is said on the page.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) document.querySelectorAll(".needs-passkeys").forEach((button) => button.remove());
});

document.addEventListener("allauth.error", (event) => {
  const place = document.querySelector("#passkey-problem");
  if (!place) return;
  event.preventDefault();
  place.textContent = window.PublicKeyCredential ? place.dataset.aborted : place.dataset.impossible;
  place.hidden = false;
});

document.addEventListener("keydown", (event) => {
  // "/" begins a search from anywhere but where one types; Escape leaves it, the arrows go through what was found.
  const box = document.querySelector("#search");
  if (!box) return;
  const links = [...document.querySelectorAll("#found a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, select, textarea, [contenteditable]")) {
    box.focus();
  } else if (event.key === "Escape" && event.target.closest(".search")) {
    document.querySelector("#found").replaceChildren();
    box.blur();
  } else if (event.key === "ArrowDown" && event.target.closest(".search")) {
    links[at + 1]?.focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    (links[at - 1] ?? box).focus();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("click", async (event) => {
  // One more service joins the form that is being filled in; without this, the link opens the form anew.
  const link = event.target.closest?.("a[data-part]");
  const parts = link && document.querySelector("#parts");
  if (!parts) return;
  event.preventDefault();
  const query = new URLSearchParams([...parts.querySelectorAll("[name=kind]")].map((one) => ["kind", one.value]));
  query.append("part", link.dataset.part);
  const answer = await fetch(`?${query}`).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  parts.insertAdjacentHTML("beforeend", await answer.text());
  link.remove();
  parts.lastElementChild.querySelector(".do input")?.focus();
});

document.addEventListener("click", (event) => {
  // The last value is taken over with one tap.
  const button = event.target.closest?.("button[data-use]");
  const field = button?.closest(".field");
  if (!field) return;
  const values = JSON.parse(button.dataset.use);
  for (const input of field.querySelectorAll("input, select")) {
    if (input.matches("[type=radio], [type=checkbox]")) input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.querySelector("input[data-wrong]")?.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  // One box that ticks all of a name.
  const name = event.target.dataset.picks;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((box) => (box.checked = event.target.checked));
});

document.addEventListener("DOMContentLoaded", async () => {
  // How much waits for me: asked when the page is there, and anew where the page says that something was done. Where the
  // session has ended nothing is asked further: the sign-in page would hand out another token than the form at hand has.
  const count = document.querySelector("[data-counts]");
  if (!count) return;
  const cache = document.querySelector("[role=status]") ? "reload" : "default";
  const answer = await fetch(count.dataset.counts, { cache, redirect: "manual" }).catch(() => null);
  const waits = answer?.ok ? Number(await answer.text()) : 0;
  count.textContent = waits > 99 ? "99+" : waits || "";
  count.hidden = !(waits > 0);
});

// What is typed into a search field is asked for while it is typed; leaving the field must not ask again, or it would
// take away what was ticked meanwhile.
document.addEventListener("htmx:beforeRequest", (event) => {
  const cause = event.detail.requestConfig.triggeringEvent;
  if (cause?.type === "change" && cause.target.matches("input[type=search]")) event.preventDefault();
});
