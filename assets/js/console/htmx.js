// htmx without eval and without styles of its own (see the meta tag in kit/document.html); the CSRF token comes from the page.
import { toast, word } from "../kit/say.js";

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});
const failed = () => toast(word("failed"), "red");
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
// A refusal with a body of its own (a form with errors, an alert) is shown; a bare one is told.
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status === 422 || status === 409 || status === 403) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", failed);
document.addEventListener("toast:show", (event) => toast(event.detail.text || event.detail.value, event.detail.tone));
