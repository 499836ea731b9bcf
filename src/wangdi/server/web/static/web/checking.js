// What helps to fill in a long form: which section still lacks something, and numbers that are allowed but rare, which are
// asked about once and never refused.

const isChosen = (input) => !input.matches("[type=radio], [type=checkbox]") || input.checked;
const isAsked = (field) => !field.hidden && !field.disabled;
const isFilled = (field) => [...field.querySelectorAll("input, select")].some((input) => isChosen(input) && input.value.trim() !== "");
const isMissing = (field) => "required" in field.dataset && isAsked(field) && !isFilled(field);

function isDoubtful(input) {
  const text = input.value.normalize("NFKC").trim();
  const number = Number(text);
  if (text === "" || Number.isNaN(number) || input.disabled || input.closest(".field").classList.contains("wrong")) return false;
  return number < Number(input.dataset.usualMin ?? -Infinity) || number > Number(input.dataset.usualMax ?? Infinity);
}

function showDoubt(input) {
  const field = input.closest(".field");
  const doubtful = isDoubtful(input);
  field.classList.toggle("doubtful", doubtful);
  let place = field.querySelector(".doubt");
  if (!place && !doubtful) return;
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "doubt" });
    place.setAttribute("role", "status");
    field.append(place);
  }
  place.textContent = doubtful ? input.dataset.unusual : "";
}

/** What each section still lacks, on the links to the sections. */
function count(form) {
  for (const link of form.querySelectorAll("nav.sections a")) {
    const words = link.closest("nav").dataset;
    const fields = [...form.querySelectorAll(`[data-of="${CSS.escape(link.dataset.section)}"] .field`)];
    const wrong = fields.filter((field) => isAsked(field) && field.classList.contains("wrong")).length;
    const missing = fields.filter(isMissing).length;
    link.classList.toggle("lacking", wrong + missing > 0);
    const asked = fields.filter(isAsked);
    const progress = `${asked.filter(isFilled).length} / ${asked.length}`;
    const told = wrong ? words.wrong.replace("{n}", wrong) : missing ? words.missing.replace("{n}", missing) : progress;
    link.querySelector(".left").textContent = told;
    link.hidden = !fields.some(isAsked);
  }
  for (const heading of form.querySelectorAll("h3.section")) {
    const fields = [...form.querySelectorAll(`[data-of="${CSS.escape(heading.id)}"] .field`)];
    heading.hidden = !fields.some(isAsked);
  }
}

/** The link of a section leads to what it lacks, where it lacks something. */
function jump(event, link) {
  const fields = [...document.querySelectorAll(`[data-of="${CSS.escape(link.dataset.section)}"] .field`)];
  const first = fields.find((field) => isAsked(field) && field.classList.contains("wrong")) ?? fields.find(isMissing);
  if (!first) return;
  event.preventDefault();
  first.scrollIntoView({ block: "center" });
  first.querySelector("input:not([type=hidden]), select")?.focus({ preventScroll: true });
}

const doubts = (form) =>
  [...form.querySelectorAll("input[data-unusual]")].filter((input) => input.value !== input.defaultValue && isDoubtful(input));

/** The first time a form with rare numbers is saved, they are named; saving it once more takes them as they are. */
function ask(event) {
  const form = event.target;
  if (!form.matches(".record-form")) return;
  const found = doubts(form);
  const told = found.map((input) => `${input.name}=${input.value}`).join("&");
  if (!found.length || form.dataset.doubted === told) return;
  event.preventDefault();
  event.stopPropagation();
  form.dataset.doubted = told;
  const words = document.querySelector("#phone-words").dataset;
  let note = form.querySelector(".message.caution");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "message caution" });
    note.setAttribute("role", "alert");
    form.querySelector(".submit").before(note);
  }
  const titles = found.map((input) => `${form.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.firstChild.textContent.trim()} ${input.value}`);
  note.textContent = words.doubted.replace("{titles}", titles.join(words.and));
  note.scrollIntoView({ block: "center" });
}

function look(form) {
  form.querySelectorAll("input[data-unusual]").forEach(showDoubt);
  count(form);
}

// A form without sections and usual values has nothing to look at; the others are looked at after each change, once.
let waiting = null;
function lookSoon() {
  waiting ??= requestAnimationFrame(() => {
    waiting = null;
    document.querySelectorAll("form.record-form").forEach(look);
  });
}

document.addEventListener("change", lookSoon);
document.addEventListener("input", (event) => {
  // While a number is being typed, only doubts that more digits cannot take away are shown.
  const input = event.target;
  if (input.matches?.("input[data-unusual]") && isDoubtful(input) && Number(input.value) < Number(input.dataset.usualMin ?? -Infinity)) return;
  lookSoon();
});
document.addEventListener("wangdi:filled", lookSoon);
document.addEventListener("wangdi:form", lookSoon);
document.addEventListener("htmx:afterSwap", lookSoon);
document.addEventListener("submit", ask, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("nav.sections a");
  if (link) jump(event, link);
});
lookSoon();
