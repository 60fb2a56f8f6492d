/** A table; a cell is kept on one line, and its bars are escaped. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellOf).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function cellOf(text: string): string {
  return text.replaceAll("\n", " ").replaceAll("|", "\\|");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** A part of a page between two marks: what `npm run docs` writes, and nobody else. */
export function generated(part: string, text: string): string {
  return `${startOf(part)}\n\n${text.trim()}\n\n${endOf(part)}`;
}

/** The page with that part written anew. @throws RangeError when the page lacks the marks */
export function withPart(page: string, part: string, text: string): string {
  const from = page.indexOf(startOf(part));
  const to = page.indexOf(endOf(part));
  if (from < 0 || to < from)
    throw new RangeError(`no generated part "${part}": it stands between ${startOf(part)} and ${endOf(part)}`);
  return page.slice(0, from) + generated(part, text) + page.slice(to + endOf(part).length);
}

function startOf(part: string): string {
  return `<!-- generated: ${part}; by npm run docs -->`;
}

function endOf(part: string): string {
  return `<!-- end of generated: ${part} -->`;
}
