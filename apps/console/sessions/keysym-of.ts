import { keysyms, keysymOf as keysymOfCharacter } from "@vigil/wire/redirection/kvm-keys.ts";

/** Keys that type nothing, as browsers call them. */
const named: Readonly<Record<string, number>> = {
  Backspace: keysyms.backspace,
  Tab: keysyms.tab,
  Enter: keysyms.enter,
  Pause: keysyms.pause,
  ScrollLock: keysyms.scrollLock,
  Escape: keysyms.escape,
  Home: keysyms.home,
  ArrowLeft: keysyms.left,
  ArrowUp: keysyms.up,
  ArrowRight: keysyms.right,
  ArrowDown: keysyms.down,
  PageUp: keysyms.pageUp,
  PageDown: keysyms.pageDown,
  End: keysyms.end,
  PrintScreen: keysyms.print,
  Insert: keysyms.insert,
  ContextMenu: keysyms.menu,
  NumLock: keysyms.numLock,
  CapsLock: keysyms.capsLock,
  AltGraph: keysyms.altRight,
  Delete: keysyms.delete,
  F1: keysyms.f1,
  F2: keysyms.f2,
  F3: keysyms.f3,
  F4: keysyms.f4,
  F5: keysyms.f5,
  F6: keysyms.f6,
  F7: keysyms.f7,
  F8: keysyms.f8,
  F9: keysyms.f9,
  F10: keysyms.f10,
  F11: keysyms.f11,
  F12: keysyms.f12,
};

/** Keys that there are two of. */
const sided: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Shift: [keysyms.shiftLeft, keysyms.shiftRight],
  Control: [keysyms.controlLeft, keysyms.controlRight],
  Alt: [keysyms.altLeft, keysyms.altRight],
  Meta: [keysyms.superLeft, keysyms.superRight],
};

const right = 2;

/** What a key of this keyboard is to a device; undefined for one that it does not have. */
export function keysymOf({ key, location }: Pick<KeyboardEvent, "key" | "location">): number | undefined {
  const sides = sided[key];
  if (sides !== undefined) return location === right ? sides[1] : sides[0];
  return named[key] ?? ([...key].length === 1 ? keysymOfCharacter(key) : undefined);
}

/** What keys a text takes; or which of its characters, counted from 1, has none. */
export function keysOf(text: string): { readonly keys: readonly number[]; readonly untypable: readonly number[] } {
  const all = [...text.replaceAll("\r\n", "\n")].map((one) => keysymOfCharacter(one));
  const keys = all.filter((one) => one !== undefined);
  const untypable = all.flatMap((one, index) => (one === undefined ? [index + 1] : []));
  return { keys, untypable };
}
