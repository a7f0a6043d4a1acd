// Lists: pick rows, the whole query, columns, expanded rows, and confirmations that name the number.
import { all, word } from "../kit/say.js";
import { close, open } from "../kit/dialogs.js";

const fill = (text, n) => text.replaceAll("{n}", new Intl.NumberFormat("en-US").format(n));

const picking = (list) => {
  const rows = () => all(".row-pick", list);
  const every = list.querySelector(".pick-all"), query = list.querySelector(".pick-query");
  const total = Number(list.querySelector(".batch")?.dataset.total || 0);
  const number = () => (query && query.checked ? total : rows().filter((row) => row.checked).length);
  const show = () => {
    const picked = rows().filter((row) => row.checked).length;
    if (every) {
      every.checked = picked > 0 && picked === rows().length;
      every.indeterminate = picked > 0 && picked < rows().length;
    }
    all("[data-picked]", list).forEach((place) => { place.textContent = fill(place.dataset.picked, number()); });
    all("input[name=counted]", list).forEach((input) => { input.value = number(); });
  };
  let last = null;
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".row-pick");
    if (row && event.shiftKey && last) {
      const here = rows(), [a, b] = [here.indexOf(last), here.indexOf(row)].sort((x, y) => x - y);
      here.slice(a, b + 1).forEach((other) => { other.checked = row.checked; });
      show();
    }
    if (row) last = row;
    const clear = event.target.closest("[data-unpick]");
    if (clear) {
      rows().forEach((other) => { other.checked = false; });
      if (query) query.checked = false;
      show();
    }
  });
  list.addEventListener("change", (event) => {
    if (event.target === every) rows().forEach((row) => { row.checked = every.checked; });
    show();
  });
  list.count = number;
  show();
};

// data-confirm on a submit button: "对 {n} 个订单退款？" in a dialog; data-confirm-type asks to type the number.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (!button || button.dataset.sure) return;
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  event.preventDefault();
  const list = button.closest("[data-list]"), n = list && list.count ? list.count() : 1;
  dialog.querySelector("[data-confirm-text]").textContent = fill(button.dataset.confirm, n);
  const typed = dialog.querySelector("[data-confirm-typed]"), input = typed.querySelector("input"), yes = dialog.querySelector("[data-yes]");
  const must = "confirmType" in button.dataset;
  typed.hidden = !must;
  typed.querySelector("label").textContent = fill(word("type"), n);
  input.value = "";
  const check = () => { yes.disabled = must && input.value.replaceAll(",", "").trim() !== String(n); };
  input.oninput = check;
  check();
  yes.textContent = button.textContent.trim();
  yes.className = button.classList.contains("button-danger") ? "button button-danger" : "button button-main";
  yes.onclick = () => {
    close(dialog);
    button.dataset.sure = "1";
    button.click();
    delete button.dataset.sure;
  };
  open(dialog);
  (must ? input : yes).focus();
});

// Columns: shown or not by data-col, remembered per list on this device; the form itself works without script.
const columns = (picker) => {
  const sheet = document.getElementById(picker.dataset.columns), key = "gf-cols-" + picker.dataset.columns;
  if (!sheet) return;
  const boxes = all("input[type=checkbox]", picker);
  const show = () => boxes.forEach((box) => all(`[data-col="${CSS.escape(box.value)}"]`, sheet).forEach((cell) => cell.classList.toggle("col-off", !box.checked)));
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* private mode: not remembered */ }
  if (Array.isArray(kept)) boxes.forEach((box) => { if (!box.disabled) box.checked = !kept.includes(box.value); });
  picker.addEventListener("change", () => {
    try { localStorage.setItem(key, JSON.stringify(boxes.filter((box) => !box.checked).map((box) => box.value))); } catch { /* same */ }
    show();
  });
  show();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-expand]");
  if (!button) return;
  const row = document.getElementById(button.dataset.expand);
  row.hidden = !row.hidden;
  button.setAttribute("aria-expanded", String(!row.hidden));
});

const edges = (box) => {
  const show = () => {
    box.classList.toggle("has-left", box.scrollLeft > 1);
    box.classList.toggle("has-right", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  };
  box.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(box);
  show();
};

export const lists = (root) => {
  all("[data-list]", root).forEach(picking);
  all("[data-columns]", root).forEach(columns);
  all(".sheet-scroll", root).forEach(edges);
  all(".sheet-detail", root).forEach((row) => {
    const button = document.querySelector(`[data-expand="${row.id}"]`);
    if (button) { button.hidden = false; row.hidden = button.getAttribute("aria-expanded") !== "true"; }
  });
};
