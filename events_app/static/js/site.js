// Loaded on every page. Nothing here is needed to use the site.

// What a page answers before all else: mistakes, a clash, what follows. Readers would miss it at the top.
document.querySelector('[role="alert"][tabindex]')?.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const words = button.querySelector("span");
    const before = words.textContent;
    await navigator.clipboard.writeText(source.value ?? source.innerText);
    words.setAttribute("role", "status");
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 2500);
  });
}

// How many characters still fit in a field with a limit, once most of it is used. Nothing is cut: the server says it too.
for (const field of document.querySelectorAll("form[data-left] [data-most]")) {
  let room = document.getElementById(`${field.id}-room`);
  const whole = room?.textContent;
  field.addEventListener("input", () => {
    const most = Number(field.dataset.most);
    const left = most - [...field.value.trim()].length;
    if (!room && left > most / 5) return;
    if (!room) {
      room = document.createElement("p");
      room.id = `${field.id}-room`;
      room.className = "help";
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${room.id}`.trim());
      field.after(room);
    }
    const { left: fits, over } = field.form.dataset;
    room.textContent = left < 0 ? `${over} ${-left}` : left > most / 5 ? whole ?? "" : `${fits} ${left}`;
    room.classList.toggle("error", left < 0);
  });
}
