// Runs an Apps Script questionnaire against a mock FormApp and prints what it built.
// node run_script.js SCRIPT FUNCTION [ANSWERS.json]
// With answers ({item title or "title [row]": text}), the form is also filled in page by page as a respondent would.
"use strict";
const fs = require("fs");
const vm = require("vm");

const NAVIGATION = { CONTINUE: "CONTINUE", SUBMIT: "SUBMIT", GO_TO_PAGE: "GO_TO_PAGE", RESTART: "RESTART" };
const built = { items: [], settings: {}, validations: 0 };

function text(value, where) {
  if (typeof value !== "string") throw new Error(where + " needs a text, not " + typeof value);
  return value;
}

function item(type) {
  const made = { type: type, title: "", help: "", required: false, choices: [], rows: [], columns: [], bounds: null };
  made.index = built.items.push(made) - 1;
  const self = {
    setTitle(value) { made.title = text(value, "setTitle"); return self; },
    setHelpText(value) { made.help = text(value, "setHelpText"); return self; },
    setRequired(value) { made.required = value === true; return self; },
    __made: made,
  };
  return self;
}

// Where somebody goes who reaches a page break without a jump.
function passage(self) {
  self.__made.go = null;
  self.setGoToPage = (navigation) => {
    if (navigation === undefined) throw new Error("setGoToPage got an undefined page");
    self.__made.go = navigation.__made ? navigation.__made.index : navigation;
    if (typeof self.__made.go === "string" && !(self.__made.go in NAVIGATION)) throw new Error("unknown navigation");
    return self;
  };
  return self;
}

function choices(self) {
  self.createChoice = function (value, navigation) {
    if (arguments.length > 1 && navigation === undefined) throw new Error("createChoice got an undefined page");
    const go = navigation === undefined ? null : navigation.__made ? navigation.__made.index : navigation;
    if (typeof go === "string" && !(go in NAVIGATION)) throw new Error("unknown navigation " + go);
    return { value: text(value, "createChoice"), go: go };
  };
  self.setChoices = function (list) {
    if (!list.length) throw new Error("setChoices needs a choice");
    if (new Set(list.map((choice) => choice.go === null)).size > 1) throw new Error("navigation on some choices only");
    unique(list.map((choice) => choice.value));
    self.__made.choices = list;
    return self;
  };
  self.setChoiceValues = (list) => self.setChoices(list.map((value) => ({ value: text(value, "choice"), go: null })));
  return self;
}

function unique(list) {
  if (new Set(list).size !== list.length) throw new Error("the same answer twice: " + list.join(" | "));
}

const form = {
  addPageBreakItem: () => passage(item("page")),
  addSectionHeaderItem: () => item("header"),
  addMultipleChoiceItem: () => choices(item("choice")),
  addCheckboxItem: () => choices(item("multiple")),
  addScaleItem() {
    const self = item("scale");
    self.setBounds = (low, high) => {
      if (![0, 1].includes(low) || high < 2 || high > 10) throw new Error("bounds of a scale: 0 or 1 to 2…10");
      self.__made.bounds = [low, high];
      return self;
    };
    self.setLabels = () => self;
    return self;
  },
  addGridItem() {
    const self = item("grid");
    self.setRows = (list) => { unique(list); self.__made.rows = list.map((row) => text(row, "row")); return self; };
    self.setColumns = (list) => { unique(list); self.__made.columns = list.map((column) => text(column, "column")); return self; };
    return self;
  },
  addTextItem() {
    const self = item("text");
    self.setValidation = (validation) => {
      if (!validation || !validation.built) throw new Error("setValidation needs a built validation");
      built.validations += 1;
      return self;
    };
    return self;
  },
  setDestination(kind, id) { built.settings.destination = [kind, id]; return form; },
  getEditUrl: () => "edit",
  getPublishedUrl: () => "published",
};
for (const name of ["Description", "ConfirmationMessage", "ProgressBar", "ShuffleQuestions", "CollectEmail",
  "LimitOneResponsePerUser", "AllowResponseEdits", "ShowLinkToRespondAgain"]) {
  form["set" + name] = (value) => { built.settings[name] = value; return form; };
}

function validation() {
  const self = {};
  for (const name of ["requireNumberBetween", "requireNumberGreaterThanOrEqualTo", "requireNumberLessThanOrEqualTo", "requireWholeNumber", "requireNumber"]) {
    self[name] = (...bounds) => {
      if (bounds.some((bound) => typeof bound !== "number")) throw new Error(name + " needs numbers");
      return self;
    };
  }
  self.setHelpText = () => self;
  self.build = () => ({ built: true });
  return self;
}

const context = vm.createContext({
  FormApp: {
    create(title) { built.settings.title = text(title, "create"); return form; },
    PageNavigationType: NAVIGATION,
    DestinationType: { SPREADSHEET: "SPREADSHEET" },
    createTextValidation: validation,
  },
  SpreadsheetApp: { create: (name) => ({ getId: () => "sheet:" + name, getUrl: () => "url" }) },
  Logger: { log() {} },
});
vm.runInContext(fs.readFileSync(process.argv[2], "utf8"), context, { filename: process.argv[2] });
vm.runInContext(process.argv[3] + "()", context);

function fillIn(answers) {
  const given = {};
  const path = [];
  let at = 0;
  while (at < built.items.length) {
    let go = null;
    let end = at;
    while (end < built.items.length && (end === at || built.items[end].type !== "page")) {
      const entry = built.items[end];
      const names = entry.type === "grid" ? entry.rows.map((row) => entry.title + " [" + row + "]") : [entry.title];
      if (!["page", "header"].includes(entry.type)) {
        for (const name of names) {
          const value = answers[name];
          if (value === undefined && entry.required) throw new Error("required, not answered: " + name);
          if (value === undefined) continue;
          if (entry.type === "grid" && !entry.columns.includes(value)) throw new Error("no such column: " + value);
          given[name] = value;
          const choice = entry.choices.find((candidate) => candidate.value === value);
          if (entry.type === "choice" && !choice) throw new Error("no such choice: " + name + ": " + value);
          if (choice && choice.go !== null) go = choice.go;
        }
      }
      end += 1;
    }
    path.push(at);
    if (go === "SUBMIT") return { given: given, path: path, stopped: true };
    // No jump: the page break that is reached may lead on.
    if (go === null && end < built.items.length && built.items[end].go !== null) go = built.items[end].go;
    if (go === "SUBMIT") return { given: given, path: path, stopped: false };
    at = typeof go === "number" ? go : end;
  }
  return { given: given, path: path, stopped: false };
}

const filled = process.argv[4] ? fillIn(JSON.parse(fs.readFileSync(process.argv[4], "utf8"))) : null;
process.stdout.write(JSON.stringify({ built: built, filled: filled }));
