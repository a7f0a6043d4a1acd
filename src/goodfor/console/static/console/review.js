// Reviews by keyboard: a key presses the button that names it; in the queue J and K go from row to row.
const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

const step = (by) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
  rows[next].focus();
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  // While a question stands open, keys belong to it.
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    if (button.matches("summary")) button.closest("details").scrollIntoView({ block: "nearest" });
    button.click();
  } else if ((key === "j" && step(1)) || (key === "k" && step(-1))) {
    event.preventDefault();
  }
});
