import { CsvError, parse } from "csv-parse/sync";
import type { AssignmentEntry, ImportProblem } from "@vigil/api/resources/assignments.ts";
import { problemWithOutcome } from "./assignment.ts";
import { domainFrom, isDomain, macFrom, uuidFrom } from "./condition.ts";
import { isHostName } from "./host-name.ts";

/** One line of a list, understood. */
export interface ListedDevice extends Omit<AssignmentEntry, "id"> {
  readonly line: number;
}

/** A list, read: either without problems, or not to be used. */
export interface ReadList {
  readonly rows: readonly ListedDevice[];
  readonly problems: readonly ImportProblem[];
}

type Field = keyof Omit<AssignmentEntry, "id">;

/** Lines of one list. Chosen: more devices than one server is built for. */
const mostRows = 100_000;
/** Characters of one line. */
const mostLine = 10_000;
/** Problems after which nobody reads on. */
const mostProblems = 1_000;

/** How the columns are called, in the order of an export; letter case, blanks, dashes and underscores aside. */
const columns = {
  uuid: { title: "UUID", names: ["uuid", "guid", "smbiosuuid"], most: 40 },
  mac: { title: "MAC", names: ["mac", "macaddress"], most: 20 },
  serialNumber: { title: "Serial", names: ["serial", "serialnumber"], most: 100 },
  hostName: { title: "Host name", names: ["hostname", "name", "fqdn"], most: 255 },
  domainName: { title: "DNS suffix", names: ["dnssuffix", "domain", "domainname"], most: 190 },
  organizationalUnit: { title: "OU", names: ["ou", "organizationalunit"], most: 512 },
  profile: { title: "Profile", names: ["profile"], most: 60 },
} as const satisfies Readonly<Record<Field, { title: string; names: readonly string[]; most: number }>>;
// Object.keys widens to string; the table above is closed.
const fields = Object.keys(columns) as readonly Field[];
const keyFields = ["uuid", "mac", "serialNumber"] as const satisfies readonly Field[];

/**
 * Reads a list of devices as comma-separated values (RFC 4180; semicolons and tabs do, too), strictly: every wrong line is named with its column and
 * with what to do. The first line says which column is which.
 * @param profiles the profiles that there are
 */
export function readList(csv: string, profiles: ReadonlySet<string>): ReadList {
  const problems: ImportProblem[] = [];
  const lines = linesOf(csv, problems);
  const [head, ...body] = lines;
  if (head === undefined) {
    if (problems.length === 0)
      problems.push(problem(1, null, "", "The list is empty", "Give a first line with the names of the columns"));
    return { rows: [], problems };
  }
  const order = columnsIn(head, problems);
  if (problems.length > 0) return { rows: [], problems };
  if (body.length > mostRows) {
    problems.push(problem(mostRows + 2, null, "", `The list has more than ${mostRows} lines`, "Import it in parts"));
    return { rows: [], problems };
  }
  const rows: ListedDevice[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of body) {
    if (problems.length >= mostProblems) break;
    const row = rowOf(line, cells, order, { profiles, problems });
    if (row === undefined) continue;
    refuseTwice(row, seen, problems);
    rows.push(row);
  }
  return { rows, problems };
}

/** Entries as a list that readList() takes back. */
export function writeList(entries: readonly AssignmentEntry[]): string {
  const lines = [
    fields.map((field) => columns[field].title),
    ...entries.map((one) => fields.map((field) => one[field] ?? "")),
  ];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** What a line or an entry says, without where it stands. */
export function deviceIn(one: Omit<AssignmentEntry, "id">): Omit<AssignmentEntry, "id"> {
  const { uuid, mac, serialNumber, profile, hostName, domainName, organizationalUnit } = one;
  return { uuid, mac, serialNumber, profile, hostName, domainName, organizationalUnit };
}

/** The name that two devices must not share, as it is compared; undefined when the entry gives none. */
export function fullNameIn({
  hostName,
  domainName,
}: Pick<AssignmentEntry, "hostName" | "domainName">): string | undefined {
  return hostName === null ? undefined : `${hostName}.${domainName ?? ""}`.toLowerCase();
}

/** The keys by which an entry is found, as they are compared. */
export function keysIn(
  entry: Pick<AssignmentEntry, (typeof keyFields)[number]>,
): { readonly field: Field; readonly key: string }[] {
  return keyFields.flatMap((field) => {
    const value = entry[field];
    return value === null ? [] : [{ field, key: `${field} ${value.toLowerCase()}` }];
  });
}

export function problem(line: number, field: Field | null, found: string, what: string, next: string): ImportProblem {
  return {
    line,
    column: field === null ? null : columns[field].title,
    found: found.slice(0, 100),
    problem: what,
    next,
  };
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function linesOf(csv: string, problems: ImportProblem[]): Line[] {
  const lines: Line[] = [];
  let last = 0;
  try {
    parse(csv, {
      bom: true,
      delimiter: delimiterOf(csv),
      relax_column_count: true,
      max_record_size: mostLine,
      on_record: (cells: readonly string[], { lines: end }) => {
        const line = end - cells.join("").split("\n").length + 1;
        last = end;
        if (cells.some((cell) => cell.trim() !== "")) lines.push({ line, cells: cells.map((cell) => cell.trim()) });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const next = "Put a text with a comma or a quote in it into quotes, and write a quote inside them twice";
    problems.push(problem(last + 1, null, "", syntaxProblem(error.code), next));
    return [];
  }
  return lines;
}

function syntaxProblem(code: string): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "A quote is opened here, or below, and never closed";
  if (code === "CSV_MAX_RECORD_SIZE") return `The line is longer than ${mostLine} characters; a quote may be open`;
  return "A quote stands where none may stand";
}

/** Spreadsheets of many countries write semicolons. */
function delimiterOf(csv: string): string {
  const head = csv.slice(0, csv.search(/[\r\n]|$/));
  const count = (one: string): number => head.split(one).length;
  const [best = ","] = [",", ";", "\t"].toSorted((one, other) => count(other) - count(one));
  return best;
}

/** Which field each column is. */
function columnsIn({ line, cells }: Line, problems: ImportProblem[]): Field[] {
  const order: Field[] = [];
  for (const cell of cells) {
    const name = cell.toLowerCase().replaceAll(/[\s_-]/g, "");
    const field = fields.find((one) => (columns[one].names as readonly string[]).includes(name));
    if (field === undefined) {
      const known = fields.map((one) => columns[one].title).join(", ");
      problems.push(problem(line, null, cell, "There is no such column", `Remove it, or call it one of: ${known}`));
    } else if (order.includes(field)) {
      problems.push(problem(line, field, cell, "The column is there twice", "Remove one of them"));
    } else {
      order.push(field);
    }
  }
  if (problems.length > 0) return order;
  if (!keyFields.some((field) => order.includes(field))) {
    problems.push(
      problem(line, null, cells.join(","), "Nothing tells the devices apart", "Add a column UUID, MAC or Serial"),
    );
  }
  if (order.every((field) => keyFields.some((one) => one === field))) {
    problems.push(
      problem(
        line,
        null,
        cells.join(","),
        "The list gives the devices nothing",
        "Add a column Host name, DNS suffix, OU or Profile",
      ),
    );
  }
  return order;
}

function rowOf(
  line: number,
  cells: readonly string[],
  order: readonly Field[],
  { profiles, problems }: { readonly profiles: ReadonlySet<string>; readonly problems: ImportProblem[] },
): ListedDevice | undefined {
  if (cells.length !== order.length) {
    const next =
      cells.length < order.length ? "Add the commas that are missing" : "Put a text with a comma in it into quotes";
    problems.push(
      problem(line, null, cells.join(","), `The line has ${cells.length} columns, the first one ${order.length}`, next),
    );
    return undefined;
  }
  const atFirst = problems.length;
  const row: Record<Field, string | null> = {
    uuid: null,
    mac: null,
    serialNumber: null,
    hostName: null,
    domainName: null,
    organizationalUnit: null,
    profile: null,
  };
  for (const [index, field] of order.entries()) {
    const cell = cells[index] ?? "";
    if (cell === "") continue;
    const value =
      cell.length > columns[field].most || /\p{Cc}/u.test(cell) ? undefined : valueOf(field, cell, profiles);
    if (value === undefined) problems.push(problem(line, field, cell, ...wrongs[field]));
    else row[field] = value;
  }
  splitFullName(line, row, problems);
  if (problems.length > atFirst) return undefined;
  if (keyFields.every((field) => row[field] === null)) {
    problems.push(
      problem(
        line,
        null,
        cells.join(","),
        "Nothing tells which device this is",
        "Give its UUID, MAC address or serial number",
      ),
    );
    return undefined;
  }
  if (fields.every((field) => row[field] === null || keyFields.some((one) => one === field))) {
    problems.push(
      problem(
        line,
        null,
        cells.join(","),
        "The line gives the device nothing",
        "Give a host name, DNS suffix, OU or profile, or remove the line",
      ),
    );
    return undefined;
  }
  return { line, ...row };
}

/** A host name may bring its domain along. */
function splitFullName(line: number, row: Record<Field, string | null>, problems: ImportProblem[]): void {
  const { hostName, domainName } = row;
  if (hostName === null || !hostName.includes(".")) return;
  const at = hostName.indexOf(".");
  const domain = hostName.slice(at + 1).toLowerCase();
  if (domainName !== null && domainName !== domain) {
    problems.push(
      problem(
        line,
        "hostName",
        hostName,
        `The name is in another domain than the DNS suffix ${domainName}`,
        "Give the name alone, or the same domain",
      ),
    );
    return;
  }
  row.hostName = hostName.slice(0, at);
  row.domainName = domain;
}

/** @returns undefined when the text is none */
function valueOf(field: Field, text: string, profiles: ReadonlySet<string>): string | undefined {
  switch (field) {
    case "uuid":
      return uuidFrom(text);
    case "mac":
      return macFrom(text);
    case "serialNumber":
      return text;
    case "hostName": {
      const [label = "", ...domain] = text.replace(/\.$/, "").split(".");
      const isName = isHostName(label) && (domain.length === 0 || isDomain(domain.join(".")));
      return isName ? text.replace(/\.$/, "") : undefined;
    }
    case "domainName":
      return isDomain(text) ? domainFrom(text) : undefined;
    case "organizationalUnit":
      return problemWithOutcome({ organizationalUnit: text }) === undefined ? text : undefined;
    case "profile":
      return profiles.has(text) ? text : undefined;
    default:
      return field satisfies never;
  }
}

const wrongs: Readonly<Record<Field, readonly [problem: string, next: string]>> = {
  uuid: ["This is no UUID", "Write it as 4c4c4544-0042-3510-8053-b7c04f4a5931"],
  mac: ["This is no MAC address", "Write it as 00:1e:67:aa:bb:cc"],
  serialNumber: ["This is no serial number", "Give at most 100 characters, without control characters"],
  hostName: [
    "This is no host name",
    "Use letters, digits and dashes, at most 63 of them, or a full name such as desk-1.example.com",
  ],
  domainName: ["This is no DNS suffix", "Write it as example.com"],
  organizationalUnit: [
    "This is no distinguished name",
    "Write it as OU=Desks,DC=example,DC=com, in quotes where commas part the columns",
  ],
  profile: ["There is no such profile", "Make the profile first, or correct its name; letter case counts"],
};

/** Two lines for one device, or two devices of one name, contradict each other. */
function refuseTwice(row: ListedDevice, seen: Map<string, number>, problems: ImportProblem[]): void {
  const name = fullNameIn(row);
  const all = [...keysIn(row), ...(name === undefined ? [] : [{ field: "hostName" as const, key: `name ${name}` }])];
  for (const { field, key } of all) {
    const before = seen.get(key);
    if (before === undefined) seen.set(key, row.line);
    else
      problems.push(
        problem(
          row.line,
          field,
          row[field] ?? "",
          `Line ${before} has the same`,
          "Remove one of the two lines, or correct it",
        ),
      );
  }
}

/** @source RFC 4180 section 2 */
function quoted(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
