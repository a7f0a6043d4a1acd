// Dialogs and drawers: <a href="#id" data-open="id"> (or a link to a real page) opens <dialog id="id">.
import { all } from "./say.js";
import { close, open } from "./dialogs.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (!dialog) return;
    event.preventDefault();
    if (dialog.showModal) open(dialog);
    else { dialog.classList.toggle("is-open"); dialog.querySelector("a, button")?.focus(); }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    const holder = closer.closest("dialog, .is-open, .side");
    event.preventDefault();
    if (holder instanceof HTMLDialogElement) close(holder);
    else if (holder) { holder.classList.remove("is-open"); if (location.hash) location.hash = ""; }
    return;
  }
  // A click on the veil around a dialog, and one beside a small menu.
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) close(event.target);
  }
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  all(".side.is-open").forEach((side) => side.classList.remove("is-open"));
});

// The server may say after a fragment request what is to happen to an overlay (HX-Trigger).
document.addEventListener("overlay:close", () => all("dialog[open]").forEach(close));

export const overlays = (root) => {
  // Opened without script by :target: show it as a real dialog.
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (root === document && named instanceof HTMLDialogElement) open(named);
  // A drawer whose content the server just sent.
  if (root !== document) all("[data-opens]", root).forEach((mark) => open(document.getElementById(mark.dataset.opens)));
  all("[data-dismiss]", root).forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => button.closest(".alert, .toast").remove());
  });
};
