// The page to try a query. The address bar is the state. Whatever comes from the server is shown as text, never as markup.
import { colourOf, draw, seriesMax } from "./chart.js";

const rowsMax = 2000;
const stepsAbout = 250;
const byId = (id) => document.getElementById(id);
let running = null;
let drawn = null;

async function call(path, parameters, signal) {
  const answer = await fetch(`api/v1/${path}`, parameters
    ? { method: "POST", body: new URLSearchParams(parameters), signal }
    : { signal });
  const text = await answer.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
  }
  if (body.status !== "success") {
    throw new Error(`${body.errorType}: ${body.error}`);
  }
  return body;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function nameOf(metric) {
  const labels = Object.entries(metric).filter(([name]) => name !== "__name__");
  const inside = labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
  return { name: metric.__name__ ?? "", labels: inside || !metric.__name__ ? `{${inside}}` : "" };
}

function histogramText(histogram) {
  return `count ${histogram.count}, sum ${histogram.sum}, ${(histogram.buckets ?? []).length} buckets`;
}

function rowsOf(data) {
  switch (data.resultType) {
    case "scalar":
    case "string":
      return [[{ name: data.resultType, labels: "" }, data.result[1]]];
    case "vector":
      return data.result.map((s) => [nameOf(s.metric), s.value ? s.value[1] : histogramText(s.histogram[1])]);
    default:
      return data.result.map((s) => [nameOf(s.metric), [
        ...(s.values ?? []).map(([time, value]) => `${value} @${time}`),
        ...(s.histograms ?? []).map(([time, value]) => `${histogramText(value)} @${time}`),
      ].join("\n")]);
  }
}

function showTable(data) {
  const rows = rowsOf(data);
  byId("rows").replaceChildren(...rows.slice(0, rowsMax).map(([series, value]) => {
    const row = document.createElement("tr");
    const cell = document.createElement("td");
    cell.append(element("span", "name", series.name), element("span", "label", series.labels));
    const shown = element("td", "", value);
    shown.style.whiteSpace = "pre";
    row.append(cell, shown);
    return row;
  }));
  byId("sheet").hidden = rows.length === 0;
  return rows.length > rowsMax ? `${rows.length} series, the first ${rowsMax} shown` : counted(rows.length);
}

function showGraph(data, start, end, step) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const series = data.result.slice(0, seriesMax).map((s) => ({
    name: nameOf(s.metric),
    points: (s.values ?? (s.histograms ?? []).map(([t, h]) => [t, h.count])).map(([t, v]) => [t, Number(v)]),
  }));
  byId("legend").replaceChildren(...series.map((one, index) => {
    const item = document.createElement("li");
    const mark = document.createElement("i");
    mark.style.background = colourOf(index, dark);
    const text = element("span", "", one.name.name + one.name.labels);
    text.title = text.textContent;
    item.append(mark, text);
    return item;
  }));
  byId("graph").hidden = series.length === 0;
  drawn = () => draw(byId("chart"), series, start, end, step);
  drawn();
  return data.result.length > seriesMax ? `${data.result.length} series, the first ${seriesMax} drawn` : counted(series.length);
}

function counted(series) {
  return series === 0 ? "No data: the query is right, and nothing matches it at this time." : `${series} series`;
}

function showNotes(answer) {
  const notes = [...(answer.warnings ?? []), ...(answer.infos ?? [])];
  byId("notes").replaceChildren(...notes.map((note) => element("li", "", note)));
  byId("notes").hidden = notes.length === 0;
}

async function run() {
  const query = byId("query").value.trim();
  const view = document.querySelector("input[name=view]:checked").value;
  const range = Number(byId("range").value);
  history.replaceState(null, "", `?${new URLSearchParams({ query, view, range })}`);
  byId("error").hidden = true;
  if (query === "") {
    return;
  }

  running?.abort();
  const mine = running = new AbortController();
  const button = document.querySelector("button");
  button.disabled = true;
  byId("result").hidden = false;
  byId("summary").textContent = "Running…";
  const started = performance.now();
  try {
    const step = Math.max(1, Math.round(range / stepsAbout));
    const end = Math.floor(Date.now() / 1000 / step) * step;
    const start = end - Math.floor(range / step) * step;
    const answer = view === "graph"
      ? await call("query_range", { query, start, end, step }, mine.signal)
      : await call("query", { query }, mine.signal);
    byId("graph").hidden = true;
    byId("sheet").hidden = true;
    showNotes(answer);
    const said = view === "graph" ? showGraph(answer.data, start, end, step) : showTable(answer.data);
    byId("summary").textContent = `${said} · ${Math.round(performance.now() - started)} ms`;
  } catch (failure) {
    if (mine.signal.aborted) {
      return;
    }
    byId("summary").textContent = "";
    byId("result").hidden = true;
    byId("error").textContent = failure.message;
    byId("error").hidden = false;
  } finally {
    if (running === mine) {
      button.disabled = false;
    }
  }
}

async function showNode() {
  try {
    const { data } = await call("status/buildinfo");
    byId("node").textContent = `${data.revision} · speaks the API of Prometheus ${data.version}`;
  } catch {
    byId("node").textContent = "starting: not ready for queries yet";
    setTimeout(showNode, 2000);
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
byId("query").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
for (const control of document.querySelectorAll("input[name=view], #range")) {
  control.addEventListener("change", run);
}
addEventListener("resize", () => byId("graph").hidden || drawn?.());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => byId("graph").hidden || run());

const asked = new URLSearchParams(location.search);
byId("query").value = asked.get("query") ?? "up";
if (asked.get("view") === "graph") {
  document.querySelector("input[value=graph]").checked = true;
}
if ([...byId("range").options].some((option) => option.value === asked.get("range"))) {
  byId("range").value = asked.get("range");
}
showNode();
run();
