import { fail } from "./errors.ts";

// A pre-shared key for setting a device up, as people type it in and as sticks carry it.  @source protocols C.8
//
//   PID  XXXX-XXXC                                8 characters, the last covers the seven before it
//   PPS  XXXC-XXXC-XXXC-XXXC-XXXC-XXXC-XXXC-XXXC  32 characters, the last of each group covers the three before it
//
// X and C are A-Z or 0-9. C is (sum of the covered characters' codes) mod 36: 0 to 9 stand for themselves, 10 to 35 for A to Z.

/** A key and its name, both without dashes. The PID is no secret: it travels in the clear. */
export interface PskPair {
  readonly pid: string;
  readonly pps: string;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ppsGroups = 8;

/** @param covered upper-case letters and digits */
export function checkCharacterOf(covered: string): string {
  const sum = [...covered].reduce((total, one) => total + one.charCodeAt(0), 0);
  return alphabet.charAt(sum % alphabet.length);
}

/** A new pair. @param draw a whole number from 0 to below its argument, each as likely as any other */
export function newPskPair(draw: (below: number) => number): PskPair {
  const withCheck = (length: number): string => {
    const covered = Array.from({ length }, () => alphabet.charAt(draw(alphabet.length))).join("");
    return covered + checkCharacterOf(covered);
  };
  return { pid: withCheck(7), pps: Array.from({ length: ppsGroups }, () => withCheck(3)).join("") };
}

/**
 * A PID as people write it: dashes, blanks and letter case aside. @returns it without dashes, upper case
 * @throws wire.psk.malformed (caller); details: field, reason
 */
export function parsePid(text: string): string {
  const pid = plain(text, "pid", 8);
  if (checkCharacterOf(pid.slice(0, 7)) !== pid.charAt(7)) throw malformed("pid", "check character", 1);
  return pid;
}

/** The same for a PPS; which group is wrong is told, never what it holds. @throws wire.psk.malformed (caller) */
export function parsePps(text: string): string {
  const pps = plain(text, "pps", 4 * ppsGroups);
  for (let group = 0; group < ppsGroups; group += 1) {
    const part = pps.slice(4 * group, 4 * group + 4);
    if (checkCharacterOf(part.slice(0, 3)) !== part.charAt(3)) throw malformed("pps", "check character", group + 1);
  }
  return pps;
}

/** In groups of four with dashes, as firmware's menu asks for it. */
export function withDashes(plainText: string): string {
  return plainText.match(/.{1,4}/g)?.join("-") ?? "";
}

/** No PID or PPS is longer with all its dashes and blanks. Chosen: twice the PPS. */
const longestText = 80;

function plain(text: string, field: "pid" | "pps", length: number): string {
  if (text.length > longestText) throw malformed(field, `${length} characters`);
  const bare = text.replaceAll(/[\s-]/g, "").toUpperCase();
  if (bare.length !== length) throw malformed(field, `${length} characters`);
  if (!/^[0-9A-Z]+$/.test(bare)) throw malformed(field, "letters A to Z and digits");
  return bare;
}

function malformed(field: "pid" | "pps", expected: string, group?: number): Error {
  return fail("wire.psk.malformed", { details: { field, expected, ...(group === undefined ? {} : { group }) } });
}
