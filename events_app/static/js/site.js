// Loaded on every page. Nothing here is needed to use the site.

document.querySelector(".error-summary")?.focus();

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
