"use strict";
// Drag a row of the blocks to another place: the form with the whole order is sent. The arrows do the same without script.
(() => {
  const form = document.getElementById("arrange");
  if (!form) return;
  const rows = () => [...document.querySelectorAll("tr[data-block]")];
  let dragged = null;
  const order = () => rows().map((row) => row.dataset.block).join(",");
  const before = order();
  document.querySelector("[data-arrange-hint]").hidden = false;
  for (const row of rows()) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.block);
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      if (event.clientY > box.top + box.height / 2) row.after(dragged);
      else row.before(dragged);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
    row.addEventListener("dragend", () => {
      dragged = null;
      if (order() === before) return;
      form.elements.order.value = order();
      form.submit();
    });
  }
})();
