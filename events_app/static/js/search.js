// The search of the desk as a dialog: Ctrl-K from anywhere, arrows through what is found. Without it the link leads to a page.

const dialog = document.getElementById("palette");
const words = document.getElementById("palette-words");
const found = dialog?.querySelector(".palette-found");
let asked = 0;
let timer;

if (dialog) {
  for (const link of document.querySelectorAll("[data-opens-search]")) {
    for (const key of link.querySelectorAll("kbd")) key.hidden = false;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  words.form.addEventListener("submit", async (event) => {
    event.preventDefault(); // Enter opens the first of what belongs to the words as they are now
    clearTimeout(timer);
    if (await show()) found.querySelector("a")?.click();
  });
  dialog.addEventListener("keydown", walk);
}

function open() {
  if (document.querySelector("dialog:modal")) return;
  dialog.showModal();
  words.focus();
  words.select();
  show();
}

// Gives whether what is shown now belongs to the words; a slow answer never replaces a later one.
async function show() {
  const mine = ++asked;
  const answer = await fetch(dialog.dataset.results, { method: "POST", body: new FormData(words.form) }).catch(() => null);
  if (mine !== asked) return false;
  if (answer?.redirected) {
    words.form.submit(); // the session is over: the page says so
    return false;
  }
  if (!answer?.ok) {
    found.replaceChildren(dialog.querySelector("[data-failed]").content.cloneNode(true)); // to leave would lose what is typed here
    return false;
  }
  const text = await answer.text();
  if (mine !== asked) return false;
  found.innerHTML = text;
  found.scrollTop = 0;
  return true;
}

function walk(event) {
  const links = [...found.querySelectorAll("a")];
  const here = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    event.preventDefault(); // a search field would only empty itself
    dialog.close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) words.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  } else if (here >= 0 && (event.key === "Backspace" || event.key.length === 1) && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    words.focus(); // typing goes on where the words are
  }
}
