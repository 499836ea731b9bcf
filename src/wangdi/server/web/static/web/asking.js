// Shows a field only while the answers above it ask for it. The conditions come from the server as trees (server/web/asking.py);
// the server decides again on saving. Null as in rules: what is not known is neither true nor false, and does not ask.

const READERS = {
  text: (texts) => texts.map((one) => one.normalize("NFKC").trim()).find((text) => text !== "") ?? null,
  flag: (texts) => ({ true: true, false: false })[READERS.text(texts)] ?? null,
  number: (texts) => {
    const text = READERS.text(texts);
    return text === null || Number.isNaN(Number(text)) ? null : Number(text);
  },
  clock: (texts) => {
    const parts = /^([01]?[0-9]|2[0-3]):([0-5][0-9])$/.exec(READERS.text(texts) ?? "");
    return parts && Number(parts[1]) * 60 + Number(parts[2]);
  },
  several: (texts) => (texts.some(Boolean) ? texts.filter(Boolean) : null),
};

const COMPARE = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function logic(values, deciding) {
  if (values.includes(deciding)) return deciding;
  return values.includes(null) ? null : !deciding;
}

function compare(operator, a, b, options) {
  if (a === null || b === null) return null;
  if (options.length === 0) return COMPARE[operator](a, b);
  if (!options.includes(a) || !options.includes(b)) return null;
  return COMPARE[operator](options.indexOf(a), options.indexOf(b));
}

/** What a tree comes to. ``textsOf(name)`` gives the texts in a field, or undefined where the form has no such field. */
export function worth([operation, ...parts], textsOf) {
  const of = (tree) => worth(tree, textsOf);
  switch (operation) {
    case "value":
      return READERS[parts[1]](textsOf(parts[0]) ?? parts[2]);
    case "constant":
      return parts[0];
    case "not": {
      const value = of(parts[0]);
      return value === null ? null : !value;
    }
    case "and":
      return logic(parts.map(of), false);
    case "or":
      return logic(parts.map(of), true);
    case "compare":
      return compare(parts[0], of(parts[1]), of(parts[2]), parts[3]);
    case "empty":
      return of(parts[0]) === null;
    case "has": {
      const answers = of(parts[0]);
      return answers === null ? null : answers.includes(of(parts[1]));
    }
    case "number_of":
      return of(parts[0])?.length ?? null;
    default:
      throw new Error(`no such operation: ${operation}`);
  }
}

const isChosen = (input) => !input.matches("[type=radio], [type=checkbox]") || input.checked;

function textsIn(form, name) {
  const inputs = [...form.elements].filter((input) => input.name === name);
  if (inputs.length === 0) return undefined;
  return inputs.filter((input) => !input.disabled && !input.matches("fieldset:disabled *") && isChosen(input)).map((input) => input.value);
}

const isFilled = (field) => [...field.querySelectorAll("input, select")].some((input) => isChosen(input) && input.value !== "");

function ask(field, asked) {
  field.hidden = !asked;
  if (field.matches("fieldset")) field.disabled = !asked;
  else field.querySelectorAll("input, select").forEach((input) => (input.disabled = !asked));
}

/** Fields from the top: what is not asked counts as empty for those below. What stood in a field that is not asked when the
 *  form was opened stays in sight, until it is cleared: nothing that is stored goes unseen. */
export function settle(form) {
  for (const field of form.querySelectorAll("[data-asked-if]")) {
    const asked = worth(JSON.parse(field.dataset.askedIf), (name) => textsIn(form, name)) === true;
    field.dataset.strays = field.dataset.strays === undefined ? String(!asked && isFilled(field)) : String(field.dataset.strays === "true" && isFilled(field));
    field.querySelector(".depends")?.toggleAttribute("hidden", asked || field.dataset.strays !== "true");
    ask(field, asked || field.dataset.strays === "true");
  }
}

const settleAll = () => document.querySelectorAll("form").forEach((form) => form.querySelector("[data-asked-if]") && settle(form));

document.addEventListener("input", (event) => event.target.form && settle(event.target.form));
document.addEventListener("change", (event) => event.target.form && settle(event.target.form));
document.addEventListener("wangdi:filled", settleAll);
new MutationObserver(settleAll).observe(document.body, { childList: true, subtree: true });
settleAll();
