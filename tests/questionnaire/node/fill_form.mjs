// Fills in the offline HTML questionnaire in a headless browser on a 360-pixel-wide screen.
// node fill_form.mjs FORM.html ANSWERS.json LANGUAGE OUT_FOLDER BROWSER
// ANSWERS: {code: value, [values] or text}. Prints what was seen as JSON; screenshots and downloads go to OUT_FOLDER.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [form, answersFile, language, folder, browserPath] = process.argv.slice(2);
const answers = JSON.parse(fs.readFileSync(answersFile, "utf8"));
const browser = await chromium.launch({
  executablePath: browserPath,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, acceptDownloads: true });
const page = await context.newPage();
const seen = { requests: [], errors: [], pages: [], widths: [], reload: null, blocked: null, reloads: 0 };
page.on("request", (request) => seen.requests.push(request.url().split("?")[0]));
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
page.on("dialog", (dialog) => dialog.accept());

async function open() {
  await page.goto(pathToFileURL(form).href);
  await page.waitForSelector("html[data-ready='1']");
}

async function shot(name) {
  await page.screenshot({ path: path.join(folder, name + "-" + language + ".png"), fullPage: true });
}

async function width() {
  return page.evaluate(() => document.scrollingElement.scrollWidth);
}

async function state() {
  return page.evaluate(() => ({
    title: document.querySelector(".page:not([hidden]) h2")?.innerText.trim() ?? document.querySelector("#ending h2").innerText.trim(),
    checked: Array.from(document.querySelectorAll("input:checked"), (input) => input.name + "=" + input.value),
    typed: Array.from(document.querySelectorAll("input[type=text]")).filter((input) => input.value).map((input) => input.name + "=" + input.value),
  }));
}

async function answer(code) {
  const value = answers[code];
  const box = page.locator("#q-" + code);
  if (value === undefined || !(await box.isVisible())) return;
  const kind = await box.getAttribute("data-kind");
  if (kind === "one" || kind === "many") {
    for (const entry of [].concat(value)) await box.locator(`input[value="${entry}"]`).check();
  } else {
    await box.locator("input").fill(String(value));
    await box.locator("input").blur();
  }
}

await open();
if (await page.locator(`[data-speak="${language}"]`).count()) await page.locator(`[data-speak="${language}"]`).click();
for (let step = 0; step < 60; step += 1) {
  if (await page.locator("#ending").isVisible()) break;
  const current = page.locator(".page:not([hidden])");
  seen.pages.push((await current.locator("h2").innerText()).trim());
  const codes = await current.locator(".question").evaluateAll((list) => list.map((entry) => entry.dataset.code));
  const required = await current.locator('.question[data-required="1"]:not([hidden])').count();
  if (required && seen.blocked === null) {
    await page.locator("#next").click();
    const summary = page.locator("#summary");
    seen.blocked = { visible: await summary.isVisible(), text: (await summary.innerText()).trim(), marked: await page.locator(".question.wrong").count(), required: required };
    await shot("blocked");
  }
  for (const code of codes) await answer(code);
  seen.widths.push(await width());
  await shot("page" + String(step + 1).padStart(2, "0"));
  if (step === 3) {
    const before = await state();
    await page.reload();
    await page.waitForSelector("html[data-ready='1']");
    const after = await state();
    seen.reload = { same: JSON.stringify(before) === JSON.stringify(after), note: await page.locator("#resumed").isVisible(), answers: before.checked.length + before.typed.length };
  }
  await page.locator("#next").click();
}
seen.ended = await page.locator("#ending").isVisible();
seen.complete = await page.locator('[data-end="complete"]').isVisible();
seen.widths.push(await width());
await shot("ending");
for (const kind of ["csv", "json"]) {
  const waiting = page.waitForEvent("download");
  await page.locator("#" + kind).click();
  const download = await waiting;
  seen[kind] = path.join(folder, language + "-" + download.suggestedFilename());
  await download.saveAs(seen[kind]);
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
