// Bundles our scripts and the vendored libraries into the folder given as argument. Called by scripts/build_assets.py.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const out = process.argv[2];
mkdirSync(`${out}/vendor`, { recursive: true });
const common = { bundle: true, minify: true, legalComments: "none", target: ["chrome111", "safari16.4", "firefox115"], charset: "utf8", logLevel: "warning" };

await build({ ...common, entryPoints: ["js/kit/index.js"], outfile: `${out}/kit.js`, format: "iife" });
await build({ ...common, entryPoints: ["js/console/index.js"], outfile: `${out}/console.js`, format: "iife" });
await build({ ...common, entryPoints: ["js/vendor/echarts.js"], outfile: `${out}/vendor/echarts.js`, format: "iife", globalName: "echarts" });

const copies = {
  "htmx.js": ["htmx.org", "dist/htmx.min.js"],
  "alpine.js": ["@alpinejs/csp", "dist/cdn.min.js"],
};
for (const [name, [from, path]] of Object.entries(copies)) {
  writeFileSync(`${out}/vendor/${name}`, readFileSync(`node_modules/${from}/${path}`));
}

// Who wrote what we carry along, and under which terms.
const carried = [
  ["htmx.org", "vendor/htmx.js", "LICENSE"],
  // The package itself carries no text of its licence.
  ["@alpinejs/csp", "vendor/alpine.js", "../../../js/vendor/alpine-licence.txt"],
  ["@vue/reactivity", "vendor/alpine.js (inside of Alpine)", "LICENSE"],
  ["echarts", "vendor/echarts.js (a part of it)", "LICENSE"],
  ["tslib", "vendor/echarts.js (inside of ECharts)", "LICENSE.txt"],
  ["zrender", "vendor/echarts.js (a part of it)", "LICENSE"],
  ["tailwindcss", "kit.css, console.css (its base styles and utilities)", "LICENSE"],
  ["daisyui", "kit.css, console.css (the components that are used)", "LICENSE"],
];
const texts = carried.map(([name, where, licence]) => {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const words = readFileSync(`node_modules/${name}/${licence}`, "utf8").trim();
  const short = words.includes("Apache License") && words.length > 3000;
  const notice = short && name === "echarts" ? ["NOTICE", "licenses/LICENSE-d3"].map((file) => "\n\n" + readFileSync(`node_modules/echarts/${file}`, "utf8").trim()).join("") : "";
  return `${name} ${about.version} (${about.license})\nin ${where}\n\n${short ? "Licensed under the Apache License, Version 2.0: the text is in the file LICENSE of this project." : words}${notice}\n`;
});
writeFileSync(`${out}/NOTICE.txt`, "Other people's work in this folder, with their terms.\n\n" + texts.join("\n" + "-".repeat(78) + "\n\n"));
