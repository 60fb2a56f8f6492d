/**
 * Keys of a KVM session that have no letter, as X11 numbers them; a Latin-1 letter's number is its code. Firmware takes these and
 * few more. @source protocols D.5, X11 keysymdef
 */
export const keysyms = {
  backspace: 0xff_08,
  tab: 0xff_09,
  enter: 0xff_0d,
  pause: 0xff_13,
  scrollLock: 0xff_14,
  escape: 0xff_1b,
  home: 0xff_50,
  left: 0xff_51,
  up: 0xff_52,
  right: 0xff_53,
  down: 0xff_54,
  pageUp: 0xff_55,
  pageDown: 0xff_56,
  end: 0xff_57,
  print: 0xff_61,
  insert: 0xff_63,
  menu: 0xff_67,
  numLock: 0xff_7f,
  f1: 0xff_be,
  f2: 0xff_bf,
  f3: 0xff_c0,
  f4: 0xff_c1,
  f5: 0xff_c2,
  f6: 0xff_c3,
  f7: 0xff_c4,
  f8: 0xff_c5,
  f9: 0xff_c6,
  f10: 0xff_c7,
  f11: 0xff_c8,
  f12: 0xff_c9,
  shiftLeft: 0xff_e1,
  shiftRight: 0xff_e2,
  controlLeft: 0xff_e3,
  controlRight: 0xff_e4,
  capsLock: 0xff_e5,
  altLeft: 0xff_e9,
  altRight: 0xff_ea,
  superLeft: 0xff_eb,
  superRight: 0xff_ec,
  delete: 0xff_ff,
} as const;

/** Keys that are held together. */
export const keyCombinations = {
  ctrlAltDelete: [keysyms.controlLeft, keysyms.altLeft, keysyms.delete],
  altTab: [keysyms.altLeft, keysyms.tab],
  altF4: [keysyms.altLeft, keysyms.f4],
  ctrlEscape: [keysyms.controlLeft, keysyms.escape],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** The key that types a character; undefined for one outside Latin-1. */
export function keysymOf(character: string): number | undefined {
  if (character === "\n" || character === "\r") return keysyms.enter;
  if (character === "\t") return keysyms.tab;
  const code = character.codePointAt(0) ?? 0;
  const isLatin = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
  return isLatin ? code : undefined;
}
