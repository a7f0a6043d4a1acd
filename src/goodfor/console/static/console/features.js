// The editor of a rule: what it can be made of is searched as one types, and a name that is pressed goes into the text.
for (const part of document.querySelectorAll("[data-features]")) {
  const text = document.getElementById(part.dataset.features);
  const find = part.querySelector("[data-features-find]");
  const entries = [...part.querySelectorAll("[data-feature]")];
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of entries) {
      const said = entry.dataset.feature.toLowerCase();
      entry.hidden = !words.every((word) => said.includes(word));
    }
    if (words.length) {
      for (const fold of part.querySelectorAll("details")) fold.open = Boolean(fold.querySelector("[data-feature]:not([hidden])"));
    }
  });
  find.addEventListener("keydown", (event) => {
    // Enter in the search is not meant for the form.
    if (event.key === "Enter") event.preventDefault();
  });
  part.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button || !text) return;
    const before = text.value.slice(0, text.selectionStart);
    const after = text.value.slice(text.selectionEnd);
    const glue = before && !/[\s(]$/.test(before) ? " " : "";
    text.value = before + glue + button.dataset.insert + after;
    const place = before.length + glue.length + button.dataset.insert.length;
    text.focus();
    text.setSelectionRange(place, place);
  });
}
