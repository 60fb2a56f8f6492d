import { readFileSync } from "node:fs";
import { filesOf } from "./source.ts";

/** Every remark of the code that says UNVERIFIED: the file, and what stands there. */
export function unverifiedRemarks(): string {
  const groups = [
    ["What virtual devices choose", "packages/virtual-device/**/*.ts"],
    ["What the client tolerates", "packages/amt-client/**/*.ts"],
    ["What the model and the codecs take on trust", "packages/{model,wire}/**/*.ts"],
    ["What the server relies on", "apps/server/**/*.ts"],
  ] as const;
  return groups
    .map(([title, pattern]) => {
      const lines = filesOf(pattern).flatMap((path) =>
        remarksIn(readFileSync(path, "utf8")).map((remark) => `- [${path}](../../${path}): ${remark}`),
      );
      return `### ${title}\n\n${lines.join("\n")}`;
    })
    .join("\n\n");
}

/** Each remark, and what is declared in the line after it. */
function remarksIn(text: string): readonly string[] {
  const comments = text.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/|^[ \t]*\/\/.*(?:\n[ \t]*\/\/.*)*)\s*(.*)/gm);
  return [...comments].flatMap(([, comment = "", next = ""]) => {
    if (!comment.includes("UNVERIFIED")) return [];
    const about = /^(?:export )?(?:async )?(?:const|function|class|interface) (\w+)/.exec(next)?.[1];
    return [`${about === undefined ? "" : `\`${about}\`: `}${proseOf(comment)}`];
  });
}

function proseOf(comment: string): string {
  return comment
    .replaceAll(/^\s*\/\*\*|\*\/\s*$/g, "")
    .replaceAll(/^\s*(?:\*|\/\/)/gm, "")
    .replaceAll(/@(?:param|returns)[^@]*/g, "")
    .replaceAll("@source", "Source:")
    .replaceAll(/\s+/g, " ")
    .trim();
}
