// Fills in XForms in the ODK engine (@getodk/xforms-engine) and in Enketo (enketo-core), in a headless browser.
// node run_engines.mjs JOBS.json BROWSER
// JOBS: {"odk": [job], "enketo": [job]}; a job is {form: XForm file, language: text, people: [{code: value | [values] | text}],
// order: [code, …]}. Answers are given in that order to what is shown; "erase then give" steps are entries of the same code.
// Prints {"odk": [[{xml, faults, asked}]], "enketo": …}: what was submitted, what was refused, what was shown.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));
const [jobsFile, browserPath] = process.argv.slice(2);
const jobs = JSON.parse(fs.readFileSync(jobsFile, "utf8"));

const odkEntry = `
import { loadForm } from "@getodk/xforms-engine";
async function leaves(node, into) {
  for (const child of node.currentState.children || []) {
    into.push(child);
    await leaves(child, into);
  }
  return into;
}
window.fillOdk = async function (xml, job) {
  const loaded = await loadForm(xml);
  if (loaded.status === "failure") throw loaded.error;
  const out = [];
  for (const person of job.people) {
    const root = loaded.createInstance().root;
    const spoken = (root.languages || []).find((one) => one.language === job.language);
    if (spoken && !spoken.isSyntheticDefault) root.setLanguage(spoken);
    const asked = [];
    const byCode = {};
    for (const node of await leaves(root, [])) byCode[node.currentState.reference.split("/").pop()] = node;
    for (const [code, value] of person) {
      const node = byCode[code];
      if (!node || !node.currentState.relevant) continue;
      asked.push(code);
      if (node.nodeType === "select") node.selectValues([].concat(value).map(String));
      else node.setValue(node.valueType === "decimal" || node.valueType === "int" ? String(value) : String(value));
    }
    const shown = Object.keys(byCode).filter((code) => byCode[code].currentState.relevant);
    const faults = root.validationState.violations.map((one) =>
      [one.reference.split("/").pop(), one.violation.condition, one.violation.message && one.violation.message.asString]);
    const payload = await root.prepareInstancePayload();
    const data = [].concat(payload.data)[0];
    out.push({ xml: await data.get("xml_submission_file").text(), faults, asked, shown });
  }
  return out;
};
`;

const enketoEntry = `
import { Form } from "enketo-core/src/js/form";
import { transform } from "enketo-transformer/web";
window.fillEnketo = async function (xml, job) {
  const made = await transform({ xform: xml, theme: "grid" });
  const out = [];
  for (const person of job.people) {
    document.body.innerHTML = made.form;
    const element = document.querySelector("form.or");
    const form = new Form(element, { modelStr: made.model }, { language: job.code });
    const errors = form.init();
    if (errors.length) throw new Error(errors.join("; "));
    const asked = [];
    const find = (code) => Array.from(element.querySelectorAll("[name], [data-name]")).filter((input) =>
      (input.dataset.name || input.name || "").split("/").pop() === code && input.matches("input, textarea, select"));
    for (const [code, value] of person) {
      const inputs = find(code);
      if (!inputs.length) continue;
      if (inputs[0].closest(".disabled")) continue;
      asked.push(code);
      const wanted = [].concat(value).map(String);
      if (inputs[0].type === "radio" || inputs[0].type === "checkbox") {
        for (const input of inputs) {
          const on = wanted.includes(input.value);
          if (input.checked !== on && (input.type === "checkbox" || on)) {
            input.checked = on;
            input.dispatchEvent(new Event("change", { bubbles: true }));
          }
        }
      } else {
        inputs[0].value = String(value);
        inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
        inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
      }
          }
    await form.validate();
    const faults = Array.from(element.querySelectorAll(".invalid-constraint, .invalid-required")).map((one) => {
      const input = one.querySelector("[name], [data-name]");
      const name = input ? (input.dataset.name || input.getAttribute("name")) : "";
      return [name.split("/").pop(), one.classList.contains("invalid-constraint") ? "constraint" : "required"];
    });
    const shown = Array.from(new Set(Array.from(element.querySelectorAll("input, textarea, select"))
      .filter((one) => !one.closest(".disabled")).map((one) => (one.dataset.name || one.name || "").split("/").pop())));
    out.push({ xml: form.getDataStr({ irrelevant: false }), faults, asked, shown });
    form.resetView();
  }
  return out;
};
`;

const stubs = {
  "enketo/config": "export default { maps: [], repeatOrdinals: false, validateContinuously: false, validatePage: true, swipePage: false, textMaxChars: 2000, forceClearNonRelevant: false, experimentalOptimizations: { computeAsync: false } };",
  "enketo/widgets": "export default [];",
};
const real = {
  "enketo/translator": "enketo-core/src/js/fake-translator.js",
  "enketo/dialog": "enketo-core/src/js/fake-dialog.js",
  "enketo/file-manager": "enketo-core/src/js/file-manager.js",
  "enketo/xpath-evaluator-binding": "enketo-core/src/js/xpath-evaluator-binding.js",
};
const plugin = {
  name: "enketo",
  setup(build) {
    build.onResolve({ filter: /^enketo\// }, (args) => (args.path in stubs
      ? { path: args.path, namespace: "stub" }
      : { path: path.join(here, "node_modules", real[args.path]) }));
    build.onLoad({ filter: /.*/, namespace: "stub" }, (args) => ({ contents: stubs[args.path], loader: "js" }));
  },
};

async function bundle(entry) {
  const made = await esbuild.build({
    stdin: { contents: entry, resolveDir: here, loader: "js" },
    bundle: true, write: false, format: "esm", platform: "browser", target: "es2022", logLevel: "error",
    conditions: ["browser", "import"], plugins: [plugin], define: { "process.env.NODE_ENV": '"production"', global: "window" },
    loader: { ".xsl": "text", ".css": "empty" }, external: ["libxslt"],
  });
  return made.outputFiles[0].text;
}

const browser = await chromium.launch({
  executablePath: browserPath,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-domain-reliability"],
});
const result = {};
for (const [name, entry, call] of [["odk", odkEntry, "fillOdk"], ["enketo", enketoEntry, "fillEnketo"]]) {
  if (!jobs[name] || !jobs[name].length) continue;
  const page = await (await browser.newContext()).newPage();
  // A page of a secure origin, which the engine needs; nothing leaves the machine.
  await page.route("**", (route) => (route.request().url() === "https://forms.invalid/"
    ? route.fulfill({ contentType: "text/html", body: "<!DOCTYPE html><html><body></body></html>" }) : route.abort()));
  page.on("pageerror", (fault) => { throw new Error(name + ": " + fault); });
  await page.goto("https://forms.invalid/");
  await page.addScriptTag({ content: await bundle(entry), type: "module" });
  await page.waitForFunction((call) => typeof window[call] === "function", call);
  result[name] = [];
  for (const job of jobs[name]) {
    const xml = fs.readFileSync(job.form, "utf8");
    result[name].push(await page.evaluate(([call, xml, job]) => window[call](xml, job), [call, xml, job]));
  }
}
await browser.close();
process.stdout.write(JSON.stringify(result));
