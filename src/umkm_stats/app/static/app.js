"use strict";
// Comfort only: every page works without this file, except the live progress and the drag.
const by = (id) => document.getElementById(id);
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
document.documentElement.classList.add("js");

let waiting = 0;
function busy(on) {
  clearTimeout(waiting);
  const box = by("busy");
  if (on) waiting = setTimeout(() => { box.hidden = false; by("busy-words").textContent = box.dataset.words; }, 300);
  else { box.hidden = true; by("busy-words").textContent = ""; }
}

function swap(text, keep) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const active = document.activeElement;
  const held = keep && active ? active.id : "";
  const typed = held && /^(text|number|search)$/.test(active.type) ? active.value : null; // not saved yet
  const found = by("find") ? by("find").value : "";
  for (const part of ["main", "header.top", "nav"]) {
    const fresh = page.querySelector(part), old = document.querySelector(part);
    if (fresh && old) old.replaceWith(fresh);
  }
  document.title = page.title;
  wire();
  if (found && by("find")) { by("find").value = found; narrow(); }
  const back = held && by(held);
  if (back) back.focus({ preventScroll: true });
  if (back && typed !== null && back.value !== typed) {
    back.value = typed;
    back.addEventListener("blur", () => back.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
  }
  else if (!keep) arrive();
}

function arrive() {
  const faults = by("faults") || by("run-failed");
  (faults || document.querySelector("h1"))?.focus({ preventScroll: !faults });
}

// --- every change is saved at once, one after the other -------------------------------------------------
let chain = Promise.resolve(), newest = 0, saving = 0, released = Promise.resolve();
addEventListener("pointerdown", () => { // nothing is replaced between the press and the click that follows
  released = new Promise((done) => {
    const end = () => setTimeout(done, 0);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  });
}, true);
const ASIDE = new Set(["newvar", "tick", "move-to", "find", "kind-none"]);
function autosave(form, quiet) {
  const mine = ++newest;
  saving += 1;
  chain = chain.then(async () => {
    if (mine !== newest) return; // a later change takes this one along
    const current = by(form.id);
    if (!current) return;
    const body = new URLSearchParams(new FormData(current));
    body.set("action", "save");
    busy(true);
    try {
      const answer = await fetch(current.getAttribute("action"), { method: "POST", body });
      const text = await answer.text();
      await released;
      if (mine === newest && (answer.ok || !quiet || answer.status === 409)) swap(text, answer.ok);
      else if (answer.ok) { // a newer change waits: it only needs to know how the files stand now
        const digest = new DOMParser().parseFromString(text, "text/html").querySelector("[name=digest]").value;
        for (const field of document.querySelectorAll("[name=digest]")) field.value = digest;
      }
    } catch { current.dataset.unsaved = "yes"; } finally { busy(false); }
  }).finally(() => { saving -= 1; });
}

function submitted(event) {
  busy(true);
  const form = event.target, button = event.submitter;
  if (!saving || !form.id) return;
  event.preventDefault(); // what was typed last is saved first; then the button does its work
  chain.then(() => {
    const fresh = by(form.id);
    fresh.requestSubmit([...fresh.querySelectorAll("button")].find((one) => button && one.value === button.value && one.name === button.name));
  });
}

// --- page 1 -----------------------------------------------------------------------------------------------
function upload(form) {
  const input = by("answers"), news = by("upload-news"), bar = by("upload-bar"), zone = form.querySelector(".drop");
  const send = () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > form.dataset.limit * 1e6) { news.textContent = news.dataset.large; return; }
    const ask = new XMLHttpRequest();
    ask.open("POST", form.getAttribute("action"));
    news.textContent = news.dataset.busy;
    bar.hidden = false;
    ask.upload.onprogress = (event) => {
      bar.value = (100 * event.loaded) / event.total;
      if (event.loaded === event.total) { news.textContent = news.dataset.reading; bar.removeAttribute("value"); }
    };
    ask.onload = () => swap(ask.responseText, false);
    ask.onerror = () => form.submit();
    ask.send(new FormData(form));
  };
  input.addEventListener("change", send);
  form.addEventListener("submit", (event) => { if (input.files[0]) { event.preventDefault(); send(); } });
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; send(); }
  });
}

// --- page 2: find, drag by mouse and by keys --------------------------------------------------------------
function narrow() {
  const wanted = by("find").value.trim().toLowerCase();
  let left = 0;
  for (const row of document.querySelectorAll("#columns tbody tr")) {
    row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    if (!row.hidden) left += 1;
  }
  by("found").textContent = wanted ? String(left) : "";
}

function put(letter, code) {
  const select = by(`to-${letter}`);
  select.value = code;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function drag() {
  const live = by("live"), boxes = [...document.querySelectorAll("[data-drop]")];
  const say = (kind, values) => { live.textContent = fill(live.dataset[kind], values); };
  const name = (box) => box.querySelector("input").value;
  let lifted = null, over = -1;
  const mark = (at) => boxes.forEach((box, place) => box.classList.toggle("over", place === at));
  const leave = () => { if (lifted) lifted.closest("tr").classList.remove("grabbed"); lifted = null; over = -1; mark(-1); };
  for (const row of document.querySelectorAll("#columns tbody tr")) {
    const letter = row.dataset.letter, grip = row.querySelector(".grip");
    grip.addEventListener("mousedown", () => { row.draggable = true; });
    row.addEventListener("dragstart", (event) => { event.dataTransfer.setData("text/plain", letter); event.dataTransfer.effectAllowed = "move"; });
    row.addEventListener("dragend", () => { row.draggable = false; mark(-1); });
    grip.addEventListener("keydown", (event) => {
      const key = event.key;
      if (key === " " || key === "Enter") {
        event.preventDefault();
        if (lifted !== grip) { leave(); lifted = grip; row.classList.add("grabbed"); say("grab", { column: letter }); }
        else if (over >= 0) { say("drop", { column: letter, name: name(boxes[over]) }); const code = boxes[over].dataset.drop; leave(); put(letter, code); }
        else { leave(); say("off", { column: letter }); }
      } else if (lifted === grip && key.startsWith("Arrow") && boxes.length) {
        event.preventDefault();
        const by_ = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
        over = over < 0 ? (by_ > 0 ? 0 : boxes.length - 1) : (over + by_ + boxes.length) % boxes.length;
        mark(over);
        boxes[over].scrollIntoView({ block: "nearest" });
        say("over", { name: name(boxes[over]) });
      } else if (lifted === grip && key === "Escape") { leave(); say("off", { column: letter }); }
    });
    grip.addEventListener("blur", () => { if (lifted === grip) leave(); });
  }
  boxes.forEach((box, at) => {
    box.addEventListener("dragover", (event) => { event.preventDefault(); mark(at); });
    box.addEventListener("dragleave", () => mark(-1));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(-1);
      const letter = event.dataTransfer.getData("text/plain");
      if (by(`to-${letter}`)) { say("drop", { column: letter, name: name(box) }); put(letter, box.dataset.drop); }
    });
  });
}

// --- page 5 -----------------------------------------------------------------------------------------------
function follow(box) {
  const bar = by("run-bar"), count = by("run-count"), step = by("run-step");
  const begun = new Map();
  let said = "";
  const show = (state) => {
    if (state.status !== "running") { location.reload(); return false; }
    const now = state.step || "read", told = state.steps[now];
    for (const name of ["read", "measure", "mediation", "report"]) {
      const entry = by(`run-${name}`);
      entry.className = name === now ? "now" : state.steps[name] ? "done" : "";
    }
    if (now !== said) { said = now; step.textContent = by(`run-${now}`).dataset.words; }
    if (told && told.total > 1) {
      bar.max = told.total;
      bar.value = told.done;
      const key = `${told.task}-${told.part}`;
      if (!begun.has(key)) begun.set(key, [Date.now(), told.done]);
      const [from, first] = begun.get(key), spent = (Date.now() - from) / 1000;
      const left = told.done > first ? Math.ceil((spent * (told.total - told.done)) / (told.done - first)) : 0;
      const draws = `${told.done.toLocaleString(document.documentElement.lang)} / ${told.total.toLocaleString(document.documentElement.lang)}`;
      const whole = Date.now() / 1000 - state.started > 10 && left > 0;
      count.textContent = whole ? `${draws} · ${fill(box.dataset.seconds, { n: left })}` : draws;
    } else { bar.removeAttribute("value"); count.textContent = ""; }
    return true;
  };
  const poll = async () => { try { if (show(await (await fetch("/run/state")).json())) setTimeout(poll, 1000); } catch { setTimeout(poll, 3000); } };
  const events = new EventSource(box.dataset.events);
  events.onmessage = (event) => { if (!show(JSON.parse(event.data))) events.close(); };
  events.onerror = () => { events.close(); poll(); };
}

function wire() {
  for (const form of document.querySelectorAll("main form[data-auto]")) {
    form.addEventListener("change", (event) => {
      if (!ASIDE.has(event.target.name)) autosave(form, form.dataset.auto === "quiet");
    });
  }
  for (const form of document.querySelectorAll("form")) form.addEventListener("submit", submitted);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const words = by(button.dataset.copy).textContent;
      try { await navigator.clipboard.writeText(words); } catch { getSelection().selectAllChildren(by(button.dataset.copy)); document.execCommand("copy"); }
      by("news").textContent = button.textContent = button.dataset.done;
    });
  }
  if (by("upload")) upload(by("upload"));
  if (by("find")) by("find").addEventListener("input", narrow);
  if (by("find")) by("find").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  if (by("columns")) drag();
  if (by("progress")) follow(by("progress"));
}

addEventListener("pageshow", () => busy(false));
wire();
arrive();
