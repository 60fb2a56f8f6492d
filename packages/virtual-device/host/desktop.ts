/** Keys that a desktop minds beside letters. @source X11 keysymdef */
const keysyms = { backspace: 0xff_08, enter: 0xff_0d, remove: 0xff_ff } as const;
const controlKeys: ReadonlySet<number> = new Set([0xff_e3, 0xff_e4]);
const altKeys: ReadonlySet<number> = new Set([0xff_e9, 0xff_ea]);

/** What fits onto the smallest screen. */
export const desktopSize = { columns: 48, lines: 16 } as const;

/**
 * What a virtual host makes of its keyboard and mouse: what is typed stands on its screen, and so does the pointer.
 * It is the same for every viewer and stays when one goes.
 */
export class Desktop {
  /** How often the picture moves by itself. */
  frameMs = 100;
  /** True: a film covers the screen, and no tile of it stays as it was. */
  isFilmOn = false;
  /** Counts what has been typed and moved: unchanged, nothing has. */
  changes = 0;
  pointer: { readonly x: number; readonly y: number; readonly buttons: number } = { x: 0, y: 0, buttons: 0 };
  #lines: readonly string[] = [""];
  readonly #held = new Set<number>();

  /** What was typed, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** A key goes down or up. @param keysym as X11 numbers it */
  key(keysym: number, isDown: boolean): void {
    if (!isDown) return void this.#held.delete(keysym);
    // A viewer may hold more keys than a keyboard has: those that matter are few.
    if (controlKeys.has(keysym) || altKeys.has(keysym)) return void this.#held.add(keysym);
    const isControl = this.#holds(controlKeys);
    if (isControl && this.#holds(altKeys) && keysym === keysyms.remove) return this.#show("[ctrl-alt-del]\n");
    if (isControl || this.#holds(altKeys)) return;
    if (keysym === keysyms.enter) return this.#show("\n");
    if (keysym === keysyms.backspace) return this.#erase();
    if (keysym >= 0x20 && keysym <= 0x7e) this.#show(String.fromCharCode(keysym));
  }

  /** The pointer is there now. @param buttons bit 0 is the left one */
  point(x: number, y: number, buttons: number): void {
    this.pointer = { x, y, buttons };
    this.changes += 1;
  }

  /** A viewer has gone: nobody holds its keys any more. */
  release(): void {
    this.#held.clear();
  }

  #holds(keys: ReadonlySet<number>): boolean {
    return [...keys].some((key) => this.#held.has(key));
  }

  #show(text: string): void {
    const { columns, lines } = desktopSize;
    const all = [...this.#lines.slice(0, -1), ...`${this.#lines.at(-1) ?? ""}${text}`.split("\n")];
    const wrapped = all.flatMap((line) =>
      line === "" ? [""] : (line.match(new RegExp(`.{1,${columns}}`, "g")) ?? []),
    );
    this.#lines = wrapped.slice(-lines);
    this.changes += 1;
  }

  #erase(): void {
    this.#lines = [...this.#lines.slice(0, -1), (this.#lines.at(-1) ?? "").slice(0, -1)];
    this.changes += 1;
  }
}
