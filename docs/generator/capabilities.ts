import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Behavior } from "@vigil/virtual-device/behavior.ts";
import { askedIn, type Asked } from "./asked.ts";
import { docstringOf, filesOf } from "./source.ts";

/** A row of the plan: what the client asks for, and its twin that answers. */
export interface Capability {
  /** As its files are called: "event-log". */
  readonly name: string;
  /** One sentence or two, of the client's class. */
  readonly purpose: string;
  readonly asked: readonly Asked[];
  readonly answered: readonly Behavior[];
}

/** All capabilities, in order. */
export async function readCapabilities(): Promise<readonly Capability[]> {
  const all: Capability[] = [];
  for (const path of filesOf("packages/amt-client/capabilities/*.ts")) {
    const name = basename(path, ".ts");
    all.push({
      name,
      purpose: docstringOf(path, /^export class /m),
      asked: askedIn(readFileSync(path, "utf8")),
      answered: await behaviorsIn(`packages/virtual-device/behaviors/${name}.ts`),
    });
  }
  return all;
}

/** The one list of behaviors that a file exports. */
async function behaviorsIn(path: string): Promise<readonly Behavior[]> {
  const exports: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(path)).href);
  const lists = Object.values(exports).filter((one) => Array.isArray(one) && one.every(isBehavior));
  // Checked one by one above.
  return lists.flat() as Behavior[];
}

function isBehavior(one: unknown): boolean {
  return typeof one === "object" && one !== null && "definition" in one && "readingMethods" in one;
}
