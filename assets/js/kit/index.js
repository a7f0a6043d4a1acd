// The kit on every page: only makes nicer what works without it. No eval, no inline code, no dependencies.
import { copying } from "./copy.js";
import { counting } from "./countdown.js";
import { overlays } from "./overlays.js";
import { forms } from "./forms.js";
import { theme } from "./theme.js";
import { say, toast } from "./say.js";

document.documentElement.classList.add("js");
const parts = [copying, counting, overlays, forms, theme];
const start = (root) => parts.forEach((part) => part(root));
// Deferred: the document is complete.
start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
window.goodfor = { say, toast, start };
