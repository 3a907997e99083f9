import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";

const ROOT = join(import.meta.dirname, "../../static/js");
const IMPORT = /^import (?:(\w+)|\{([^}]*)\}) from "(\.[^"]+)";$/gm;
const EXPORT = /^export (?:async )?(?:function|const|class) (\w+)/gm;

const sources = new Map(
  readdirSync(ROOT, { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .map((name) => [join(ROOT, name), readFileSync(join(ROOT, name), "utf8")]),
);

function listImports(path) {
  const isOurs = ([, , , from]) => !from.includes("/vendor/");
  return [...sources.get(path).matchAll(IMPORT)].filter(isOurs).map(([, , names, from]) => ({
    from: join(dirname(path), from),
    names: names.split(",").map((name) => name.trim()),
  }));
}

const listExports = (path) => [...(sources.get(path) ?? "").matchAll(EXPORT)].map(([, name]) => name);

// Without a build step, a browser would be the first to notice.
test("every import names a module and what it exports", () => {
  const missing = [];
  for (const path of sources.keys()) {
    for (const { from, names } of listImports(path)) {
      const exported = listExports(from);
      missing.push(...names.filter((name) => name && !exported.includes(name)).map((name) => [path, from, name]));
    }
  }
  assert.deepEqual(missing, []);
});
