// The offline page in two and three tabs of one browser: node fill_tabs.mjs FORM.html BROWSER [OTHER.html]
// Prints what each scenario left in the store as JSON.
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [form, browserPath, other] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: browserPath,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const out = {};
let context;

async function fresh() {
  if (context) await context.close();
  context = await browser.newContext({ viewport: { width: 360, height: 740 }, acceptDownloads: true });
}

async function tab(file = form) {
  const page = await context.newPage();
  page.on("dialog", (dialog) => dialog.accept());
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("html[data-ready='1']");
  return page;
}

// Fills in every question that is shown, screening questions with an accepted answer; the texts say who it was.
// The work is done inside the page, as the browser's own events would.
async function fill(page, name, pages = 99) {
  await page.evaluate(([name, pages]) => {
    const accept = Object.fromEntries(JSON.parse(document.getElementById("plan").textContent)
      .screening.map((rule) => [rule.question, rule.accept[0]]));
    for (let step = 0; step < pages && document.getElementById("ending").hidden; step += 1) {
      for (const box of document.querySelectorAll(".page:not([hidden]) .question")) {
        if (box.hidden) continue;
        const code = box.dataset.code;
        if (box.dataset.kind === "one" || box.dataset.kind === "many") {
          if (box.querySelector("input:checked")) continue;
          const choice = box.querySelector(code in accept ? `input[value="${accept[code]}"]` : "input");
          choice.click();
        } else {
          const input = box.querySelector("input");
          input.value = box.dataset.kind === "number" ? box.dataset.low || "1" : name;
          input.dispatchEvent(new Event("input", { bubbles: true }));
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }
      }
      document.getElementById("next").click();
    }
  }, [name, pages]);
}

async function done(page) {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(":done:"))
    .map((key) => JSON.parse(localStorage.getItem(key)).row));
}

const names = (rows) => rows.map((row) => row.CATATAN || row.WOOD || "").sort();
const ids = (rows) => new Set(rows.map((row) => row.uuid)).size;

// Two tabs opened on an empty store, filled in side by side.
await fresh();
let one = await tab();
let two = await tab();
await fill(one, "one", 2);
await fill(two, "two", 2);
await fill(one, "one");
await fill(two, "two");
let rows = await done(two);
out.two = { rows: rows.length, ids: ids(rows), names: names(rows), count: await two.locator("#count").innerText() };

// A second and a third tab while the first is half filled in: they start anew and say so.
await fresh();
one = await tab();
await fill(one, "one", 2);
two = await tab();
const three = await tab();
out.elsewhere = [await two.locator("#elsewhere").isVisible(), await two.locator("#resumed").isVisible()];
await three.locator("#take").click();
out.taken = await three.evaluate(() => document.querySelectorAll("input:checked").length > 0);
await fill(three, "three");
await fill(two, "two");
await fill(one, "one");
rows = await done(one);
out.three = { rows: rows.length, ids: ids(rows), names: names(rows) };

// Closed and opened again: the draft goes on; finished, looked at again and finished again: one row.
await fresh();
one = await tab();
await fill(one, "one", 3);
await one.close();
two = await tab();
out.resumed = await two.locator("#resumed").isVisible();
await fill(two, "again");
await two.locator("#review").click();
await fill(two, "again");
await two.reload();
await two.waitForSelector("html[data-ready='1']");
rows = await done(two);
out.again = { rows: rows.length, ended: await two.locator("#ending").isVisible() };

// A draft that cannot be read is set aside, and the form starts anew.
await fresh();
one = await tab();
await fill(one, "one", 2);
await one.evaluate(() => {
  const key = Object.keys(localStorage).find((name) => name.includes(":draft:"));
  localStorage.setItem(key, localStorage.getItem(key).slice(0, 40));
});
two = await tab();
out.damaged = await two.evaluate(() => ({
  said: !document.getElementById("damaged").hidden,
  kept: Object.keys(localStorage).filter((name) => name.includes(":damaged:")).map((name) => localStorage.getItem(name).length),
  first: !document.querySelector(".page").hidden,
}));

// A draft and a finished form of version 0.1.
await fresh();
one = await tab();
await one.evaluate(() => {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const fixed = Object.fromEntries(plan.columns.filter((c) => c.fixed !== undefined).map((c) => [c.code, c.fixed]));
  localStorage.setItem("umkm-stats:" + plan.legacy + ":done", JSON.stringify([Object.assign({ uuid: "old-1", end: "2026-01-01" }, fixed)]));
  localStorage.setItem("umkm-stats:" + plan.legacy + ":draft", JSON.stringify({ uuid: "old-2", started: "x", page: 1, lang: "id", answers: { CONSENT: "1", CDEWASA: "1" } }));
});
two = await tab();
out.old = { resumed: await two.locator("#resumed").isVisible(), rows: (await done(two)).map((row) => row.uuid) };
await fill(two, "new");
out.old.after = (await done(two)).map((row) => row.uuid).sort();

// Another screening mode of the same form does not open at the end of this one.
if (other) {
  await fresh();
  one = await tab();
  await fill(one, "one");
  two = await tab(other);
  out.other = { ended: await two.locator("#ending").isVisible(), first: await two.evaluate(() => !document.querySelector(".page").hidden) };
}
await browser.close();
process.stdout.write(JSON.stringify(out));
