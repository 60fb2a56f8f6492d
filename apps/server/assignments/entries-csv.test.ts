import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { deviceIn, readList, writeList } from "./entries-csv.ts";
import { planOf } from "./import-plan.ts";

const profiles = new Set(["Default", "Desks"]);
const uuid = "4c4c4544-0042-3510-8053-b7c04f4a5931";

function problemsOf(csv: string): string[] {
  return readList(csv, profiles).problems.map(({ line, column, problem }) => `${line} ${column ?? "-"}: ${problem}`);
}

test("a list is read with any order of columns, a byte order mark, and semicolons", () => {
  const csv = `\u{feff}Serial Number;Host-Name;ou;UUID\r\nPF1;desk-1.Example.com;OU=Desks,DC=example;{${uuid.toUpperCase()}}\r\n\r\n`;
  const { rows, problems } = readList(csv, profiles);
  assert.deepEqual(problems, []);
  assert.deepEqual(rows, [
    {
      line: 2,
      uuid,
      mac: null,
      serialNumber: "PF1",
      hostName: "desk-1",
      domainName: "example.com",
      organizationalUnit: "OU=Desks,DC=example",
      profile: null,
    },
  ]);
});

const wrong = [
  ["", ["1 -: The list is empty"]],
  ["UUID,Colour,UUID\n", ["1 -: There is no such column", "1 UUID: The column is there twice"]],
  ["Host name\npc-1\n", ["1 -: Nothing tells the devices apart"]],
  ["UUID,MAC\n", ["1 -: The list gives the devices nothing"]],
  ["UUID,Host name\nx,pc-1\n", ["2 UUID: This is no UUID"]],
  ["MAC,Host name\n00:11:22:33:44,pc_1\n", ["2 MAC: This is no MAC address", "2 Host name: This is no host name"]],
  ["Serial,Profile\nA,desks\n", ["2 Profile: There is no such profile"]],
  ["Serial,OU\nA,Desks\n", ["2 OU: This is no distinguished name"]],
  ["Serial,OU\nA,OU=x,DC=y\n", ["2 -: The line has 3 columns, the first one 2"]],
  ["Serial,Host name\n,pc-1\n", ["2 -: Nothing tells which device this is"]],
  ["Serial,Host name\nA,\n", ["2 -: The line gives the device nothing"]],
  [
    "Serial,Host name\nA,pc-1\n\na,pc-2\nB,PC-1\n",
    ["4 Serial: Line 2 has the same", "5 Host name: Line 2 has the same"],
  ],
  [
    "Serial,Host name,Domain\nA,pc.a.example,b.example\n",
    ["2 Host name: The name is in another domain than the DNS suffix b.example"],
  ],
  ['Serial,OU\n"A\n1",OU=x\nB,"OU=y\n', ["4 -: A quote is opened here, or below, and never closed"]],
  ['Serial,OU\nA,O"U=x\n', ["2 -: A quote stands where none may stand"]],
] as const;

test("each wrong line is named with its number, its column and what to do", () => {
  for (const [csv, expected] of wrong) assert.deepEqual(problemsOf(csv), expected, csv);
  for (const [csv] of wrong) {
    for (const { next } of readList(csv, profiles).problems) assert.notEqual(next, "");
  }
});

test("a cell over several lines does not shift the numbers of those below", () => {
  assert.deepEqual(problemsOf('Serial,Host name\n"A\nB",pc-1\nC,pc 2\n'), [
    "2 Serial: This is no serial number",
    "4 Host name: This is no host name",
  ]);
});

const label = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const someText = fc.stringMatching(/^[A-Za-z0-9 ,;"'=-]{0,20}$/).map((text) => text.trim());
const anEntry = fc.record({
  id: fc.nat(),
  uuid: fc.option(fc.uuid()),
  mac: fc.constant(null),
  serialNumber: fc.tuple(label, someText).map(([one, other]) => `${one}${other}`),
  hostName: label,
  domainName: fc.option(label.map((one) => `${one}.example`)),
  organizationalUnit: fc.option(someText.map((text) => `OU=x${text}`)),
  profile: fc.option(fc.constantFrom("Default", "Desks")),
});

test("what is written is read again as it was", () => {
  const unlike = fc.uniqueArray(anEntry, {
    maxLength: 5,
    comparator: (one, other) =>
      one.serialNumber.toLowerCase() === other.serialNumber.toLowerCase() ||
      one.uuid === other.uuid ||
      one.hostName === other.hostName,
  });
  fc.assert(
    fc.property(unlike, (entries) => {
      const { rows, problems } = readList(writeList(entries), profiles);
      assert.deepEqual(problems, []);
      assert.deepEqual(rows.map(deviceIn), entries.map(deviceIn));
    }),
  );
});

test("an import adds, changes, leaves and removes, and refuses a line that is about two entries", () => {
  const entry = (id: number, serialNumber: string, hostName: string, mac: string | null = null) => ({
    id,
    uuid: null,
    mac,
    serialNumber,
    hostName,
    domainName: null,
    organizationalUnit: null,
    profile: null,
  });
  const existing = [entry(1, "A", "pc-a"), entry(2, "B", "pc-b", "00:00:00:00:00:02"), entry(3, "C", "pc-c")];
  const { rows } = readList("Serial,MAC,Host name\na,,pc-a\nA2,,pc-new\nB,00:00:00:00:00:02,pc-b2\n", profiles);
  const merged = planOf(rows, existing, "merge");
  assert.deepEqual(
    [merged.added.length, merged.changed.map(({ id }) => id), merged.unchanged, merged.removed, merged.problems],
    [1, [1, 2], 0, [], []],
  );
  assert.deepEqual(planOf(rows, existing, "replace").removed, [3]);
  const torn = readList("Serial,MAC,Host name\nA,00:00:00:00:00:02,pc-x\nD,,PC-C\n", profiles);
  assert.deepEqual(
    planOf(torn.rows, existing, "merge").problems.map(({ line, problem }) => [line, problem]),
    [
      [2, "The line is about two entries: 2 and 1"],
      [3, "Entry 3 gives that name to another device"],
    ],
  );
});
