// Measures the page that is open; returns what is wrong with it.
(options) => {
  const faults = [];
  const root = document.documentElement;
  // A phone's browser zooms out where a page is too wide, so its own width says nothing: compare with the screen.
  if (root.scrollWidth > options.width) faults.push(`horizontal scroll: ${root.scrollWidth} > ${options.width}`);
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("h1").length !== 1) faults.push(`${document.querySelectorAll("h1").length} h1`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => faults.push(`id twice: ${id}`));
  const shown = (e) => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none";
  };
  const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}"> ${(e.textContent || "").trim().slice(0, 40)}`;
  // Labels and names.
  document.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((e) => {
    const text = [...(e.labels || [])].map((l) => l.textContent.trim()).join("") || e.getAttribute("aria-label");
    if (!text) faults.push(`no label: ${e.name || name(e)}`);
  });
  document.querySelectorAll("a, button, summary").forEach((e) => {
    const text = e.textContent.trim() || e.getAttribute("aria-label") || (e.querySelector("img[alt]") || {}).alt;
    if (!text) faults.push(`no name: ${name(e)}`);
  });
  document.querySelectorAll("img:not([alt])").forEach((e) => faults.push(`no alt: ${e.src}`));
  // Tap targets: links inside running text may be as high as their line.
  // A tick is as large as the label around it.
  document.querySelectorAll("a, button, summary, input:not([type=hidden]):not([type=radio])").forEach((e) => {
    if (!shown(e) || e.classList.contains("skip")) return;
    const inText = e.tagName === "A" && getComputedStyle(e).display === "inline";
    const target = e.matches("input[type=checkbox], input[type=file]") ? e.closest("label") || e : e;
    const height = Math.round(target.getBoundingClientRect().height * 10) / 10;
    if (!inText && height < options.tap - 0.5) faults.push(`tap target ${height}px: ${name(e)}`);
  });
  // Contrast, WCAG 2.2: 4.5, or 3 for large text.
  const rgba = (text) => { const p = text.match(/[\d.]+/g).map(Number); return [p[0], p[1], p[2], p.length > 3 ? p[3] : 1]; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.nodeValue.trim() || seen.has(e) || !shown(e) || e.closest("noscript, script, .skip, .sr, :disabled")) continue;
    seen.add(e);
    const style = getComputedStyle(e), back = ground(e), ink = over(rgba(style.color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`);
    if (size < 12) faults.push(`text ${size}px: ${name(e)}`);
  }
  // Untranslated text.
  if (options.english) {
    const cjk = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
    const strip = (text) => options.given.reduce((left, word) => left.split(word).join(""), text);
    const texts = [document.title];
    const every = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (every.nextNode()) if (!every.currentNode.parentElement.closest("[lang=zh-Hans]")) texts.push(every.currentNode.nodeValue);
    document.querySelectorAll("[aria-label], [placeholder], [alt], [title]").forEach((e) =>
      ["aria-label", "placeholder", "alt", "title"].forEach((a) => texts.push(e.getAttribute(a) || "")));
    document.querySelectorAll("*").forEach((e) => Object.values(e.dataset).forEach((v) => texts.push(v)));
    texts.filter((text) => cjk.test(strip(text))).forEach((text) => faults.push(`untranslated: ${text.trim().slice(0, 60)}`));
  }
  // Inline code and styles would be refused by the page's own policy.
  // Data islands are not code; what a chart sets on its own canvas goes through the CSSOM.
  document.querySelectorAll("script:not([src]):not([type='application/json']), style, [style]").forEach((e) => {
    if (!e.closest("svg, .chart-plot")) faults.push(`inline: ${name(e)}`);
  });
  return faults;
}
