// The editor of a message: what is typed is shown in the frame beside it, half a second later. Without it: the button.
for (const form of document.querySelectorAll("form[data-live]")) {
  const button = form.querySelector("button[data-live-button]");
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(button), 500);
  });
}
