// What only a workplace needs: lists, charts, uploads, and htmx under a strict policy.
import { lists } from "./lists.js";
import { charts } from "./charts.js";
import { uploads } from "./uploads.js";
import "./htmx.js";

const start = (root) => [lists, charts, uploads].forEach((part) => part(root));
start(document);
// htmx tells of the whole page first, which is started already: a form must not send twice.
document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) start(event.detail.elt); });
