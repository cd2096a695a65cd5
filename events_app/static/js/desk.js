// The desk's comforts: dialogs, live preview, order of blocks. Each form works without them.

for (const details of document.querySelectorAll("details[data-dialog]")) asDialog(details);
for (const form of document.querySelectorAll("form[data-preview-url]")) livePreview(form);
for (const list of document.querySelectorAll("[data-order-list]")) orderByButtons(list);
for (const list of document.querySelectorAll("[data-order-list][data-out]")) takeOut(list);
for (const select of document.querySelectorAll("select[data-opens]")) openForNew(select);
for (const rows of document.querySelectorAll(".table tbody")) walkByArrows(rows);

// <details data-dialog>: the summary becomes a button, the rest a modal dialog. What closes it has the focus first:
// Enter pressed twice does nothing that cannot be undone.
function asDialog(details) {
  const summary = details.querySelector("summary");
  const button = document.createElement("button");
  button.type = "button";
  button.className = summary.className;
  button.append(...summary.childNodes);
  const dialog = document.createElement("dialog");
  const heading = details.querySelector("h2");
  heading.id ||= `dialog-${crypto.randomUUID()}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  summary.remove();
  dialog.append(...details.childNodes);
  details.replaceWith(button, dialog);
  button.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  for (const close of dialog.querySelectorAll("[data-close]")) {
    close.hidden = false;
    close.autofocus = true;
    close.addEventListener("click", () => dialog.close());
  }
}

// <form data-preview-url="…" data-preview-target="id">: an iframe (macro preview) is navigated by the form itself, so
// that the preview keeps its own content security policy; any other element gets the answer as its content.
function livePreview(form) {
  const target = document.getElementById(form.dataset.previewTarget);
  let timer;
  let top = 0;
  if (target instanceof HTMLIFrameElement) {
    target.addEventListener("load", () => target.contentWindow?.scrollTo(0, top));
  }
  const show = async () => {
    if (target instanceof HTMLIFrameElement) {
      top = target.contentWindow?.scrollY ?? 0;
      const action = form.getAttribute("action") ?? "";
      form.setAttribute("action", form.dataset.previewUrl);
      form.setAttribute("target", target.name);
      HTMLFormElement.prototype.submit.call(form);
      form.setAttribute("action", action);
      form.removeAttribute("target");
      return;
    }
    const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form) });
    if (answer.ok) target.innerHTML = await answer.text();
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 500);
  });
}

// [data-order-list] > [data-order-item], each with buttons [data-move=up|down] and an input[data-order] that holds its place.
function orderByButtons(list) {
  const items = () => [...list.querySelectorAll(":scope > [data-order-item]")];
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-order-item]");
    const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "up") other.before(item);
    else other.after(item);
    items().forEach((each, place) => { each.querySelector("input[data-order]").value = place + 1; });
    button.focus();
    item.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// [data-take-out] in an item: it goes when the form is saved, and until then it can come back.
function takeOut(list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-out]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-order-item]");
    const inputs = [...item.querySelectorAll("input, textarea, select, button")].filter((each) => !each.disabled);
    const parts = [...item.children].filter((each) => !each.hidden);
    const words = document.createElement("p");
    const back = document.createElement("button");
    const heading = item.querySelector("h3").textContent;
    words.className = "row spread";
    words.append(`${heading}: ${list.dataset.out}`, back);
    back.type = "button";
    back.className = "button button--small";
    back.textContent = list.dataset.back;
    const turn = (isOut) => {
      for (const each of inputs) each.disabled = isOut;
      for (const each of parts) each.hidden = isOut;
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };
    back.addEventListener("click", () => {
      words.remove();
      turn(false);
      button.focus();
    });
    turn(true);
    item.append(words);
    back.focus();
  });
}

// <select data-opens="id">: its choice "new" unfolds the <details> where the new thing is described.
function openForNew(select) {
  const details = document.getElementById(select.dataset.opens);
  select.addEventListener("change", () => { details.open = select.value === "new"; });
}

// In a list the arrows go from what a row is about to the next row's; Home and End to the first and the last.
function walkByArrows(rows) {
  rows.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const links = [...rows.querySelectorAll("th a")];
    const here = links.indexOf(document.activeElement);
    if (here < 0) return;
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
    if (!links[to]) return;
    event.preventDefault();
    links[to].focus();
  });
}
