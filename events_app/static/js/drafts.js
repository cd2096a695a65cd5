// What was typed in a long form and not saved stays in this browser, for the colleague who typed it: after a closed tab or
// an ended session the page offers it. It goes when it is saved, thrown away or signed out, and after two weeks.

const PREFIX = "draft:";
const KEPT_DAYS = 14;
const staff = document.querySelector("[data-staff]")?.dataset.staff ?? "";
const mine = (name) => `${PREFIX}${staff}:${name}`;
let isLeaving = false;

tidy();
for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
for (const form of document.querySelectorAll('form[action*="/sign-out"]')) {
  form.addEventListener("submit", () => {
    isLeaving = true;
    forget(() => true);
  });
}

// What is saved, too old, or another colleague's.
function tidy() {
  for (const saved of document.querySelectorAll("[data-saved]")) localStorage.removeItem(mine(saved.dataset.saved));
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  forget((key) => !key.startsWith(mine("")) || !(read(key)?.at > oldest));
}

function forget(isOver) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && isOver(key)) localStorage.removeItem(key);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(form) {
  const key = mine(form.dataset.draft);
  const before = JSON.stringify(typed(form));
  const known = read(key);
  let timer;
  let isOver = false;
  let isAsking = false;
  const store = () => {
    clearTimeout(timer);
    timer = undefined;
    if (isOver || isLeaving || isAsking) return; // what is offered is kept until the reader has answered
    const values = typed(form);
    if (JSON.stringify(values) === before && form.dataset.draftShown === undefined) {
      localStorage.removeItem(key);
      return;
    }
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), version: form.dataset.draftVersion, values }));
    } catch {
      // no room, or not allowed: the form works as it does without
    }
  };
  if (known && form.dataset.draftShown === undefined) {
    if (JSON.stringify(known.values) === before) localStorage.removeItem(key);
    else {
      isAsking = true;
      offer(form, known, (isWanted) => {
        isAsking = false;
        if (isWanted) restore(form, known.values);
        store();
      });
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(store, 400);
  });
  form.addEventListener("change", store);
  addEventListener("pagehide", () => { if (timer) store(); });
  for (const link of form.querySelectorAll("[data-draft-drop]")) {
    link.addEventListener("click", () => {
      isOver = true;
      localStorage.removeItem(key);
    });
  }
}

// Name → what is chosen or typed, of all that a person can fill in.
function typed(form) {
  const values = {};
  for (const field of fields(form)) {
    values[field.name] ??= [];
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) values[field.name].push(field.value);
    } else values[field.name].push(...(field.multiple ? [...field.selectedOptions].map((each) => each.value) : [field.value]));
  }
  return values;
}

function fields(form) {
  const never = ["hidden", "file", "submit", "button", "password"];
  return [...form.elements].filter((field) => field.name && !never.includes(field.type) && field.tagName !== "FIELDSET" && !field.closest("[data-not-kept]"));
}

function offer(form, known, answer) {
  const template = document.querySelector("template[data-draft-offer]");
  const shown = template.content.firstElementChild.cloneNode(true);
  shown.querySelector("[data-kept-at]").textContent = new Date(known.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  shown.querySelector("[data-overtaken]").hidden = known.version === form.dataset.draftVersion;
  for (const button of shown.querySelectorAll("[data-restore], [data-discard]")) {
    button.addEventListener("click", () => {
      shown.remove();
      answer("restore" in button.dataset);
      fields(form)[0]?.focus();
    });
  }
  form.before(shown);
}

function restore(form, values) {
  const left = structuredClone(values);
  for (const field of fields(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name].includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = values[field.name].includes(option.value);
    else field.value = left[field.name].shift() ?? field.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
