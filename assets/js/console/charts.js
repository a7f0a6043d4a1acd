// Charts: ECharts draws what stands in the page as JSON, or what data-url answers; the table behind holds the same.
import { all } from "../kit/say.js";

const NARROW = 380;
let loading = null;
const library = (address) => {
  loading ||= new Promise((done, fail) => {
    if (window.echarts) { done(window.echarts); return; }
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.echarts);
    script.onerror = fail;
    document.head.append(script);
  });
  return loading;
};

const token = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
const short = (value, kind) => {
  const n = kind === "money" ? value / 100 : value;
  if (kind === "percent") return `${+n.toFixed(1)}%`;
  if (document.documentElement.lang.startsWith("zh")) {
    if (Math.abs(n) >= 1e8) return `${+(n / 1e8).toFixed(1)}亿`;
    if (Math.abs(n) >= 1e4) return `${+(n / 1e4).toFixed(1)}万`;
  } else if (Math.abs(n) >= 1e6) return `${+(n / 1e6).toFixed(1)}M`;
  else if (Math.abs(n) >= 1e3) return `${+(n / 1e3).toFixed(1)}k`;
  return String(+n.toFixed(2));
};
const full = (value, kind) => {
  if (value === null || value === undefined) return "–";
  if (kind === "money") return new Intl.NumberFormat("en-US", { minimumFractionDigits: 2 }).format(value / 100);
  if (kind === "percent") return `${value}%`;
  return new Intl.NumberFormat("en-US").format(value);
};

// What a series means may have a colour: data.tones names one for each, in their order.
const TONES = { green: "--series-1", amber: "--series-2", plain: "--series-3", soft: "--series-4", red: "--red" };

// Of a chart with a band the first line is its lower edge, the third its upper one: filled down from the one, and clear again below
// the other; the second lies on top.
const band = (plot, colours, i) => ({ z: [3, 4, 2, 5][i] ?? 5,
  areaStyle: i === 2 ? { color: colours[2], opacity: 0.28 } : i === 0 ? { color: token(plot, "--card"), opacity: 1 } : undefined });

const options = (plot, data) => {
  const ink = token(plot, "--ink"), soft = token(plot, "--ink-soft"), line = token(plot, "--line");
  const colours = (data.tones || ["green", "amber", "plain", "soft"]).map((tone) => token(plot, TONES[tone]));
  const font = { fontFamily: token(plot, "--sans"), fontSize: 12, color: soft };
  const kind = data.format || "number", names = data.columns.slice(1), still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tooltip = { renderMode: "richText", confine: true, backgroundColor: token(plot, "--card"), borderColor: line,
    textStyle: { ...font, color: ink }, valueFormatter: (value) => `${full(value, kind)}${data.unit ? " " + data.unit : ""}` };
  const common = { color: colours, animation: !still, animationDuration: 150, textStyle: font };
  if (data.kind === "pie") {
    // Names beside their parts; on a narrow screen, where there is no room beside, below.
    const narrow = plot.clientWidth < NARROW, sum = data.rows.reduce((all, row) => all + row[1], 0);
    const share = (name) => `${name} ${Math.round((100 * data.rows.find((row) => row[0] === name)[1]) / sum)}%`;
    return { ...common, tooltip: { ...tooltip, trigger: "item" },
    legend: narrow ? { bottom: 0, itemWidth: 10, itemHeight: 10, textStyle: { ...font, color: ink }, formatter: share } : undefined,
    series: [{
    type: "pie", radius: narrow ? ["44%", "66%"] : ["52%", "74%"], center: ["50%", narrow ? "42%" : "50%"], itemStyle: { borderColor: token(plot, "--card"), borderWidth: 2 },
    label: { show: !narrow, ...font, lineHeight: 16, color: ink, formatter: (part) => `${part.name}\n${short(part.value, kind)} · ${Math.round(part.percent)}%` },
    labelLine: { show: !narrow, length: 8, length2: 8, lineStyle: { color: line } },
    data: data.rows.map(([name, value]) => ({ name, value })) }] };
  }
  const flat = data.kind === "bar-flat", bar = data.kind !== "line";
  const labels = { type: "category", data: data.rows.map((row) => row[0]), boundaryGap: bar, axisTick: { show: false },
    axisLine: { lineStyle: { color: line } }, axisLabel: { ...font, hideOverlap: true, ...(flat ? { width: 96, overflow: "truncate" } : {}) }, inverse: flat };
  const values = { type: "value", name: data.unit, nameTextStyle: { ...font, align: flat ? "center" : "left" }, nameGap: flat ? 26 : 10, nameLocation: flat ? "middle" : "end", splitNumber: 4,
    minInterval: kind === "number" ? 1 : 0,
    splitLine: { lineStyle: { color: line } }, axisLabel: { ...font, hideOverlap: true, formatter: (value) => short(value, kind) } };
  // Names stand at the end of their lines: no legend to look up.
  const end = names.length > 1 || !bar;
  const series = names.map((name, i) => ({ name, type: bar ? "bar" : "line", showSymbol: false, smooth: false, lineStyle: { width: 2 },
    barMaxWidth: 22, itemStyle: { borderRadius: flat ? [0, 3, 3, 0] : [3, 3, 0, 0] }, stack: data.stacked ? "all" : undefined,
    endLabel: bar ? undefined : { show: end, formatter: name, ...font, color: colours[i % colours.length], fontWeight: 600 }, labelLayout: { moveOverlap: "shiftY" },
    emphasis: { focus: names.length > 1 ? "series" : "none" }, ...(data.band ? band(plot, colours, i) : {}),
    label: bar && names.length === 1 && data.rows.length <= 12 ? { show: true, position: flat ? "right" : "top", ...font, formatter: (part) => short(part.value, kind) } : { show: false },
    data: data.rows.map((row) => row[i + 1]) }));
  // On a narrow screen a long legend takes two lines.
  const wrapped = names.length > 3 && plot.clientWidth < NARROW ? 18 : 0;
  const wide = bar ? 12 : 12 + Math.max(...names.map((name) => [...name].reduce((w, c) => w + (c > "\u2e7f" ? 12 : 7), 0))) + 4;
  return { ...common, tooltip: { ...tooltip, trigger: "axis", axisPointer: { type: bar ? "shadow" : "line", lineStyle: { color: line }, shadowStyle: { color: line, opacity: 0.35 } } },
    legend: bar && names.length > 1 ? { right: 0, top: 0, itemWidth: 10, itemHeight: 10, textStyle: font } : undefined,
    grid: { left: 4, right: flat ? 48 : wide, top: bar && names.length > 1 ? (flat ? 34 : 52) + wrapped : 30, bottom: 4, outerBoundsMode: "same", outerBoundsContain: flat ? "all" : "axisLabel" },
    xAxis: flat ? values : labels, yAxis: flat ? labels : values, series };
};

const table = (chart, data) => {
  const body = chart.querySelector("tbody"), head = chart.querySelector("thead tr");
  if (!body || body.childElementCount) return;
  const cell = (tag, text, number) => { const e = document.createElement(tag); e.textContent = text; if (number) e.className = "num"; return e; };
  head.replaceChildren(...data.columns.map((name, i) => cell("th", name, i > 0)));
  body.replaceChildren(...data.rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((value, i) => cell(i ? "td" : "th", i ? full(value, data.format) : value, i > 0)));
    return line;
  }));
};

const draw = async (chart) => {
  const plot = chart.querySelector(".chart-plot"), island = chart.querySelector("script[type='application/json']");
  const data = island ? JSON.parse(island.textContent) : await (await fetch(chart.dataset.url, { headers: { "X-Requested-With": "fetch" } })).json();
  table(chart, data);
  if (!data.rows.length) return;
  const echarts = await library(chart.dataset.library);
  chart.classList.add("is-drawn");
  const shown = echarts.init(plot, null, { renderer: "canvas" });
  const paint = () => shown.setOption(options(plot, data), true);
  paint();
  chart.dataset.drawn = "yes";
  let narrow = plot.clientWidth < NARROW;
  new ResizeObserver(() => {
    shown.resize();
    if (plot.clientWidth < NARROW === narrow) return;
    narrow = !narrow;
    paint();
  }).observe(plot);
  document.addEventListener("theme:changed", paint);
};

export const charts = (root) => {
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    seen.unobserve(entry.target);
    draw(entry.target).catch(() => { const details = entry.target.querySelector("details"); if (details) details.open = true; });
  }), { rootMargin: "400px" });
  all("[data-chart]", root).forEach((chart) => seen.observe(chart));
};
