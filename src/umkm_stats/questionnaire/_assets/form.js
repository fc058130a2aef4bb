"use strict";
(function () {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const words = JSON.parse(document.getElementById("words").textContent);
  const root = document.documentElement;
  const form = document.getElementById("form");
  const pages = Array.from(form.querySelectorAll(".page"));
  const ending = document.getElementById("ending");
  // Every draft and every finished form has a key of its own, so that two tabs never write over each other.
  // A draft bears the mark of the tab that holds it; a tab that finds another mark goes on under a new number.
  const base = "umkm-stats:" + plan.key + ":";
  const draftPrefix = base + "draft:";
  const donePrefix = base + "done:";
  const damagedPrefix = base + "damaged:";
  const token = newId();
  let draft = fresh();
  let storageWorks = true;
  let damaged = false;

  function fresh() {
    return { uuid: newId(), started: now(), page: 0, answers: {}, lang: plan.languages[0] };
  }

  function newId() {
    const bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function now() {
    const time = new Date();
    const two = (value) => String(Math.abs(value)).padStart(2, "0");
    const shift = -time.getTimezoneOffset();
    return time.getFullYear() + "-" + two(time.getMonth() + 1) + "-" + two(time.getDate()) + "T" +
      two(time.getHours()) + ":" + two(time.getMinutes()) + ":" + two(time.getSeconds()) +
      (shift < 0 ? "-" : "+") + two(Math.trunc(shift / 60)) + ":" + two(shift % 60);
  }

  function keysWith(prefix) {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i += 1) {
        const name = localStorage.key(i);
        if (name !== null && name.startsWith(prefix)) found.push(name);
      }
    } catch (fault) {
      storageWorks = false;
    }
    return found.sort();
  }

  // What cannot be read is set aside as it stands, never thrown away.
  function load(key, fits) {
    let text = null;
    try {
      text = localStorage.getItem(key);
    } catch (fault) {
      storageWorks = false;
    }
    if (text === null) return null;
    try {
      const value = JSON.parse(text);
      if (fits(value)) return value;
    } catch (fault) {
      // not JSON: set aside below
    }
    damaged = true;
    try {
      localStorage.setItem(damagedPrefix + newId(), text);
      localStorage.removeItem(key);
    } catch (fault) {
      storageWorks = false;
    }
    return null;
  }

  function store(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch (fault) {
      storageWorks = false;
    }
    document.getElementById("storage").hidden = storageWorks;
  }

  function forget(key) {
    try {
      localStorage.removeItem(key);
    } catch (fault) {
      storageWorks = false;
    }
  }

  function plain(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value);
  }

  function isDraft(value) {
    return plain(value) && plain(value.answers) && typeof value.uuid === "string" && Number.isFinite(value.page);
  }

  function isDone(value) {
    return plain(value) && plain(value.row) && typeof value.row.uuid === "string";
  }

  function save() {
    if (!Object.keys(draft.answers).length) return;
    const stored = load(draftPrefix + draft.uuid, isDraft);
    if (stored !== null && stored.token !== token) draft.uuid = newId();
    draft.token = token;
    draft.open = true;
    draft.touched = Date.now();
    delete draft.taken;
    store(draftPrefix + draft.uuid, draft);
  }

  // A draft that its tab has let go of, with its finished form if there is one.
  function claim(found) {
    const done = load(donePrefix + found.uuid, isDone);
    if (done !== null && done.token === found.token) store(donePrefix + found.uuid, { row: done.row, token: token });
    found.token = token;
    found.open = true;
    store(draftPrefix + found.uuid, found);
    return found;
  }

  function takeOver(found) {
    store(draftPrefix + found.uuid, Object.assign({}, found, { taken: true }));
    draft = Object.assign({}, found, { uuid: newId() });
    save();
  }

  function rows() {
    const list = keysWith(donePrefix).map((key) => load(key, isDone)).filter((entry) => entry !== null);
    return list.map((entry) => entry.row).sort((one, two) => (String(one.end) < String(two.end) ? -1 : 1));
  }

  // Drafts and finished forms of version 0.1 of this page: one draft and one list for all forms of a name.
  function adopt() {
    const old = "umkm-stats:" + plan.legacy + ":";
    const kept = load(old + "done", Array.isArray);
    if (kept !== null) {
      const fixed = plan.columns.filter((column) => column.fixed !== undefined);
      const mine = kept.filter((row) => plain(row) && typeof row.uuid === "string" &&
        fixed.every((column) => String(row[column.code]) === column.fixed));
      for (const row of mine) store(donePrefix + row.uuid, { row: row, token: "" });
      const others = kept.filter((row) => !mine.includes(row));
      if (others.length) store(old + "done", others);
      else forget(old + "done");
    }
    const left = load(old + "draft", isDraft);
    if (left !== null && left.ended === undefined) store(draftPrefix + left.uuid, left);
    if (left !== null) forget(old + "draft");
  }

  function say(key, values) {
    let text = words[draft.lang][key];
    for (const name of Object.keys(values || {})) text = text.split("{" + name + "}").join(String(values[name]));
    return text;
  }

  // Unanswered questions are said to be unanswered; an answer out of range is said to need correcting.
  function unfinished(count, open) {
    const key = open === count ? "incomplete" : "incorrect";
    return count === 1 ? say(key + "_one") : say(key, { count: count });
  }

  function unanswered(question) {
    const value = draft.answers[question.dataset.code];
    return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  }

  // Skip logic: a list of conditions that must all hold; each names a question and the answers that satisfy it.
  function holds(element) {
    const when = JSON.parse(element.dataset.when || "[]");
    return when.every((clause) => met(clause) || (clause.only_if !== undefined && !clause.only_if.every(met)));
  }

  function met(clause) {
    const given = draft.answers[clause.question];
    const list = given === undefined || given === "" ? [] : [].concat(given).map(String);
    return list.some((value) => clause.values.includes(value));
  }

  function shown(question) {
    return holds(question.closest(".page")) && holds(question);
  }

  function questionsOf(page) {
    return Array.from(page.querySelectorAll(".question"));
  }

  function read(question) {
    const code = question.dataset.code;
    const kind = question.dataset.kind;
    if (kind === "one") {
      const chosen = question.querySelector("input:checked");
      draft.answers[code] = chosen ? chosen.value : "";
    } else if (kind === "many") {
      draft.answers[code] = Array.from(question.querySelectorAll("input:checked"), (input) => input.value);
    } else {
      const box = question.querySelector("input, textarea");
      draft.answers[code] = box.value.trim();
    }
  }

  function fill(question) {
    const value = draft.answers[question.dataset.code];
    const list = value === undefined ? [] : [].concat(value);
    question.querySelectorAll("input[type=radio], input[type=checkbox]").forEach((input) => {
      input.checked = list.includes(input.value);
    });
    const box = question.querySelector("input[type=text], textarea");
    if (box) box.value = value === undefined ? "" : value;
  }

  function faultOf(question) {
    if (!shown(question)) return "";
    const value = draft.answers[question.dataset.code];
    if (unanswered(question)) {
      if (question.dataset.required !== "1") return "";
      return say(question.dataset.kind === "one" || question.dataset.kind === "many" ? "choose" : "fill");
    }
    if (question.dataset.kind === "number") {
      const whole = question.dataset.whole === "1";
      const text = String(value).replace(",", ".");
      const low = question.dataset.low;
      const high = question.dataset.high;
      const latest = question.dataset.latest;
      const year = new Date().getFullYear();
      const wrong = !(whole ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/).test(text) ||
        (low !== undefined && Number(text) < Number(low)) || (high !== undefined && Number(text) > Number(high)) ||
        (latest !== undefined && Number(text) > year + Number(latest));
      if (wrong) return say(question.dataset.refusal, { low: low, high: high, years: latest === undefined ? "" : -Number(latest) });
    }
    return "";
  }

  function showFault(question, text) {
    const place = question.querySelector(".fault");
    place.textContent = text;
    place.hidden = !text;
    question.classList.toggle("wrong", Boolean(text));
    question.querySelectorAll("input, textarea").forEach((input) => {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  }

  function refresh() {
    form.querySelectorAll(".question").forEach((question) => {
      question.hidden = !holds(question);
    });
    form.querySelectorAll(".block").forEach((block) => {
      block.hidden = !Array.from(block.querySelectorAll(".question")).some((question) => !question.hidden);
    });
  }

  function next(from, step) {
    let index = from + step;
    while (index >= 0 && index < pages.length && !(holds(pages[index]) && visible(pages[index]))) index += step;
    return index;
  }

  function visible(page) {
    const questions = questionsOf(page);
    return questions.length === 0 || questions.some((question) => holds(question));
  }

  function show(index, scroll) {
    refresh();
    const last = index >= pages.length;
    pages.forEach((page, position) => {
      page.hidden = position !== index;
    });
    ending.hidden = !last;
    document.getElementById("moves").hidden = last;
    draft.page = index;
    const done = last ? 100 : Math.round((100 * index) / pages.length);
    const bar = document.getElementById("progress");
    bar.value = done;
    document.getElementById("percent").textContent = done + "%";
    document.getElementById("back").hidden = next(index, -1) < 0;
    document.getElementById("summary").hidden = true;
    if (last) finish();
    save();
    document.getElementById("lead").hidden = index > 0;
    if (scroll) {
      document.getElementById("resumed").hidden = true;
      window.scrollTo(0, 0);
      const head = last ? ending : pages[index];
      head.querySelector("h2").focus({ preventScroll: true });
    }
  }

  function advance() {
    const page = pages[draft.page];
    const wrong = [];
    let open = 0;
    questionsOf(page).forEach((question) => {
      read(question);
      const text = faultOf(question);
      showFault(question, text);
      if (text) wrong.push(question);
      if (text && unanswered(question)) open += 1;
    });
    save();
    const summary = document.getElementById("summary");
    if (wrong.length) {
      summary.dataset.open = String(open);
      summary.textContent = unfinished(wrong.length, open);
      summary.hidden = false;
      wrong[0].scrollIntoView({ block: "center" });
      const box = wrong[0].querySelector("input, textarea");
      if (box) box.focus({ preventScroll: true });
      return;
    }
    const target = next(draft.page, 1);
    show(stopped() ? pages.length : Math.min(target, pages.length), true);
  }

  // A screening answer outside the accepted ones ends the questionnaire: the rule that ends it, or nothing.
  function stopped() {
    return plan.screening.find((rule) => {
      const value = draft.answers[rule.question];
      if (value === undefined || value === "") return false;
      const question = document.getElementById("q-" + rule.question);
      return question !== null && shown(question) && !rule.accept.includes(String(value));
    });
  }

  function record() {
    const row = { uuid: draft.uuid, start: draft.started, end: draft.ended || now(), version: plan.form + " " + plan.version };
    for (const column of plan.columns) {
      const question = document.getElementById("q-" + column.code);
      let value = question && shown(question) ? draft.answers[column.code] : "";
      if (value === undefined) value = "";
      if (column.fixed !== undefined) value = column.fixed;
      if (column.spoken !== undefined) value = column.spoken[draft.lang];
      if (column.kind === "number" && typeof value === "string") value = value.replace(",", ".");
      if (column.options === undefined) row[column.code] = value;
      else for (const option of column.options) {
        const ticked = Array.isArray(value) && value.length > 0;
        row[column.code + "/" + option] = ticked ? (value.includes(option) ? "1" : "0") : "";
      }
    }
    return row;
  }

  function finish() {
    if (!draft.ended) draft.ended = now();
    const out = stopped();
    const end = out === undefined ? "complete" : out.consent ? "refused" : "stopped";
    ending.querySelectorAll("[data-end]").forEach((part) => {
      part.hidden = part.dataset.end !== end;
    });
    const there = load(donePrefix + draft.uuid, isDone);
    if (there !== null && there.token !== token) draft.uuid = newId();
    store(donePrefix + draft.uuid, { row: record(), token: token });
    const kept = rows();
    document.getElementById("count").textContent = String(Math.max(kept.length, 1));
    const personal = plan.columns.filter((column) => column.personal);
    document.getElementById("contacts").hidden = !kept.some((row) => personal.some((column) => row[column.code]));
  }

  function cell(value) {
    let text = String(value === undefined ? "" : value);
    if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+([.,]\d+)?$/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? '"' + text.split('"').join('""') + '"' : text;
  }

  function download(name, text, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  }

  function finished() {
    const kept = rows();
    return kept.length ? kept : [record()];
  }

  // Personal data never stand beside the answers: they go into a file of their own.
  function answersOf(row) {
    const personal = plan.columns.filter((column) => column.personal).map((column) => column.code);
    return Object.fromEntries(Object.entries(row).filter(([name]) => !personal.includes(name)));
  }

  function toCsv(list, personal) {
    const columns = plan.columns.filter((column) => Boolean(column.personal) === personal);
    const names = (personal ? ["uuid"] : ["uuid", "start", "end", "version"]).concat(...columns.map((column) =>
      column.options === undefined ? [column.code] : column.options.map((option) => column.code + "/" + option)));
    const lines = [names.map(cell).join(",")];
    for (const row of list) lines.push(names.map((name) => cell(row[name])).join(","));
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  }

  function speak(lang) {
    draft.lang = lang;
    root.lang = lang;
    root.dataset.lang = lang;
    document.title = plan.title[lang];
    document.querySelectorAll("[data-speak]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
    });
    document.querySelectorAll("[data-label]").forEach((element) => element.setAttribute("aria-label", say(element.dataset.label)));
    document.querySelectorAll("abbr.must").forEach((element) => element.setAttribute("title", say("required")));
    form.querySelectorAll(".question.wrong").forEach((question) => showFault(question, faultOf(question)));
    const summary = document.getElementById("summary");
    if (!summary.hidden) summary.textContent = unfinished(form.querySelectorAll(".wrong").length, Number(summary.dataset.open));
  }

  form.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (!question) return;
    if (event.target.type === "checkbox" && event.target.checked) {
      const alone = event.target.dataset.alone === "1";
      question.querySelectorAll("input:checked").forEach((input) => {
        if (input !== event.target && (alone || input.dataset.alone === "1")) input.checked = false;
      });
    }
    read(question);
    if (question.classList.contains("wrong")) showFault(question, faultOf(question));
    refresh();
    save();
  });
  form.addEventListener("input", (event) => {
    const question = event.target.closest(".question");
    if (question && (event.target.type === "text" || event.target.tagName === "TEXTAREA")) {
      read(question);
      save();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    advance();
  });
  document.getElementById("back").addEventListener("click", () => show(Math.max(next(draft.page, -1), 0), true));
  document.querySelectorAll("[data-speak]").forEach((button) => {
    button.addEventListener("click", () => {
      speak(button.dataset.speak);
      save();
    });
  });
  document.getElementById("csv").addEventListener("click", () => download(plan.file + ".csv", toCsv(finished(), false), "text/csv;charset=utf-8"));
  document.getElementById("json").addEventListener("click", () =>
    download(plan.file + ".json", JSON.stringify({ form: plan.form, key: plan.key, answers: finished().map(answersOf) }, null, 2), "application/json"));
  document.getElementById("contacts").addEventListener("click", () =>
    download(plan.file + "_kontak.csv", toCsv(finished(), true), "text/csv;charset=utf-8"));
  document.getElementById("review").addEventListener("click", () => {
    draft.ended = undefined;
    show(Math.max(next(pages.length, -1), 0), true);
  });
  document.getElementById("again").addEventListener("click", () => {
    if (!confirm(say("confirm_again"))) return;
    const lang = draft.lang;
    forget(draftPrefix + draft.uuid);
    draft = fresh();
    draft.lang = lang;
    begin(true);
  });
  document.getElementById("erase").addEventListener("click", () => {
    if (!confirm(say("confirm_erase"))) return;
    draft.answers = {};
    keysWith(base).forEach(forget);
    location.reload();
  });

  function begin(scroll) {
    form.querySelectorAll(".question").forEach((question) => {
      fill(question);
      showFault(question, "");
    });
    speak(draft.lang);
    show(Math.min(Math.max(draft.page, 0), pages.length), scroll);
  }

  window.addEventListener("pagehide", () => {
    const stored = load(draftPrefix + draft.uuid, isDraft);
    if (stored !== null && stored.token === token) store(draftPrefix + draft.uuid, Object.assign({}, draft, { open: false }));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) save();
  });

  adopt();
  const drafts = keysWith(draftPrefix).map((key) => load(key, isDraft)).filter((one) => one !== null && !one.taken);
  drafts.sort((one, two) => (two.touched || 0) - (one.touched || 0));
  const free = drafts.filter((one) => !one.open);
  const resumed = free.find((one) => one.ended === undefined) || free[0];
  const elsewhere = drafts.find((one) => one.open && one.ended === undefined);
  if (resumed) draft = claim(resumed);
  if (!plan.languages.includes(draft.lang)) draft.lang = plan.languages[0];
  document.getElementById("resumed").hidden = !(resumed && Object.keys(draft.answers).length && draft.page < pages.length);
  document.getElementById("elsewhere").hidden = Boolean(resumed) || !elsewhere;
  document.getElementById("take").addEventListener("click", () => {
    takeOver(elsewhere);
    document.getElementById("elsewhere").hidden = true;
    begin(true);
  });
  begin(false);
  document.getElementById("damaged").hidden = !damaged;
  root.dataset.ready = "1";
})();
