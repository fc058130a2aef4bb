// @ts-check
// __HEAD__

/**
 * @typedef {{text: string, go: string}} Answer
 * @typedef {{kind: string, code: string, title: string, help: string, required: boolean, answers: Answer[],
 *   rows: string[], low: number|null, high: number|null, whole: boolean, refusal: string,
 *   lowText: string, highText: string, latest: number|null, go: string}} Entry
 * @typedef {{title: string, description: string, confirmation: string, sheet: string, entries: Entry[]}} Plan
 */

__FUNCTIONS__

/**
 * @param {Plan} plan
 * @returns {GoogleAppsScript.Forms.Form}
 */
function build_(plan) {
  const form = FormApp.create(plan.title);
  form.setDescription(plan.description);
  form.setConfirmationMessage(plan.confirmation);
  form.setProgressBar(true);
  form.setShuffleQuestions(false);
  form.setCollectEmail(false);
  form.setLimitOneResponsePerUser(false);
  form.setAllowResponseEdits(false);
  form.setShowLinkToRespondAgain(false);

  /** @type {Object<string, GoogleAppsScript.Forms.PageBreakItem>} */
  const pages = {};
  /** @type {Array<{item: GoogleAppsScript.Forms.MultipleChoiceItem, answers: Answer[]}>} */
  const branching = [];
  /** @type {Array<{page: GoogleAppsScript.Forms.PageBreakItem, go: string}>} */
  const passing = [];

  plan.entries.forEach(function (entry) {
    if (entry.kind === "page") {
      const page = form.addPageBreakItem().setTitle(entry.title);
      if (entry.help) page.setHelpText(entry.help);
      pages[entry.code] = page;
      if (entry.go) passing.push({ page: page, go: entry.go });
    } else if (entry.kind === "header") {
      form.addSectionHeaderItem().setTitle(entry.title).setHelpText(entry.help);
    } else if (entry.kind === "grid") {
      form.addGridItem().setTitle(entry.title).setHelpText(entry.help).setRows(entry.rows)
        .setColumns(entry.answers.map(function (answer) { return answer.text; })).setRequired(entry.required);
    } else if (entry.kind === "scale") {
      const bounds = [Number(entry.low), Number(entry.high)];
      form.addScaleItem().setTitle(entry.title).setHelpText(entry.help).setBounds(bounds[0], bounds[1])
        .setLabels(entry.lowText, entry.highText).setRequired(entry.required);
    } else if (entry.kind === "choice") {
      const item = form.addMultipleChoiceItem().setTitle(entry.title).setHelpText(entry.help).setRequired(entry.required);
      if (entry.answers.some(function (answer) { return answer.go !== ""; })) {
        branching.push({ item: item, answers: entry.answers });
      } else {
        item.setChoiceValues(entry.answers.map(function (answer) { return answer.text; }));
      }
    } else if (entry.kind === "multiple") {
      form.addCheckboxItem().setTitle(entry.title).setHelpText(entry.help)
        .setChoiceValues(entry.answers.map(function (answer) { return answer.text; })).setRequired(entry.required);
    } else if (entry.kind === "number") {
      form.addTextItem().setTitle(entry.title).setHelpText(entry.help).setRequired(entry.required)
        .setValidation(validation_(entry));
    } else if (entry.kind === "text") {
      form.addTextItem().setTitle(entry.title).setHelpText(entry.help).setRequired(entry.required);
    } else {
      throw new Error("unknown entry: " + entry.kind);
    }
  });

  // Pages exist only now, so that answers can lead to them.
  branching.forEach(function (branch) {
    branch.item.setChoices(branch.answers.map(function (answer) {
      if (answer.go === "submit") return branch.item.createChoice(answer.text, FormApp.PageNavigationType.SUBMIT);
      if (answer.go === "continue" || answer.go === "") {
        return branch.item.createChoice(answer.text, FormApp.PageNavigationType.CONTINUE);
      }
      return branch.item.createChoice(answer.text, pages[answer.go]);
    }));
  });

  // Whoever leaves the question before such a page blank is led past the page.
  passing.forEach(function (pass) {
    if (pass.go === "submit") pass.page.setGoToPage(FormApp.PageNavigationType.SUBMIT);
    else pass.page.setGoToPage(pages[pass.go]);
  });

  const sheet = SpreadsheetApp.create(plan.sheet);
  form.setDestination(FormApp.DestinationType.SPREADSHEET, sheet.getId());
  Logger.log("Form: " + form.getEditUrl());
  Logger.log("Link: " + form.getPublishedUrl());
  Logger.log("Sheet: " + sheet.getUrl());
  return form;
}

/**
 * @param {Entry} entry
 * @returns {GoogleAppsScript.Forms.TextValidation}
 */
function validation_(entry) {
  const builder = FormApp.createTextValidation().setHelpText(entry.refusal);
  const year = entry.latest === null ? null : new Date().getFullYear() + entry.latest;
  const high = entry.high === null ? year : year === null ? entry.high : Math.min(entry.high, year);
  if (entry.low !== null && high !== null) return builder.requireNumberBetween(entry.low, high).build();
  if (entry.low !== null) return builder.requireNumberGreaterThanOrEqualTo(entry.low).build();
  if (high !== null) return builder.requireNumberLessThanOrEqualTo(high).build();
  return entry.whole ? builder.requireWholeNumber().build() : builder.requireNumber().build();
}
