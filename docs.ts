// `npm run docs`: writes the generated parts of docs/protocol anew. docs.test.ts fails while a page is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { writtenPages } from "./docs/generator/pages.ts";

let changed = 0;
for (const [path, text] of await writtenPages()) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  writeFileSync(path, text);
  console.log(path);
  changed += 1;
}
console.log(changed === 0 ? "Every page is fresh." : `${changed} pages written.`);
