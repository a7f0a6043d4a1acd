// What only a workplace needs: lists, charts, uploads, and htmx under a strict policy.
import { lists } from "./lists.js";
import { charts } from "./charts.js";
import { uploads } from "./uploads.js";
import "./htmx.js";
import { all } from "../kit/say.js";

// A drawing that is wider than the screen begins at its middle, where what it is about stands.
const middles = (root) => all("[data-middle]", root).forEach((part) => { part.scrollLeft = (part.scrollWidth - part.clientWidth) / 2; });

// The menu is longer than the screen: begin where the open page stands in it.
const side = document.querySelector(".side"), here = side && side.querySelector("[aria-current]");
if (here && here.offsetTop + here.offsetHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

const start = (root) => [lists, charts, uploads, middles].forEach((part) => part(root));
start(document);
// htmx tells of the whole page first, which is started already: a form must not send twice.
document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) start(event.detail.elt); });
