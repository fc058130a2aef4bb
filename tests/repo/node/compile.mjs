// Compiles every source file with a CPython that this machine need not have: node compile.mjs PACKAGE < paths
// Prints one JSON object: the version of that Python, the number of files, the files it warned about or refused.
import { readFileSync } from "node:fs";

const { loadPyodide } = await import(process.argv[2]);
const python = await loadPyodide();
const files = readFileSync(0, "utf8").split("\n").filter(Boolean);
python.globals.set("sources", python.toPy(files.map((path) => [path, readFileSync(path, "utf8")])));
const answer = python.runPython(`
import json, sys, warnings
faults = []
for path, text in sources:
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        try:
            compile(text, path, "exec")
        except (SyntaxError, ValueError) as fault:
            faults.append(f"{path}: {fault}")
    faults += [f"{path}:{one.lineno}: {one.category.__name__}: {one.message}" for one in met]
json.dumps({"python": sys.version.split()[0], "files": len(sources), "faults": faults})
`);
console.log(answer);
