/** Whose side a failure is on: who has to do something about it. */
export type Side = "caller" | "device" | "network" | "ours";

/** One entry of a package's error catalogue (its `errors.ts`). */
export interface ErrorKind {
  readonly side: Side;
  /** One plain sentence: what happened. */
  readonly title: string;
  /** One plain sentence: what to do next. */
  readonly next: string;
  /** True when an operator can meet the code: then `docs/runbooks/<code>.md` exists. */
  readonly runbook?: boolean;
}

/** A catalogue: stable dotted codes, e.g. `amt.power.refused`, and what each means. */
export type ErrorCatalogue = Readonly<Record<string, ErrorKind>>;

/** Facts that help to understand one failure. Never a secret: they are logged, stored and shown. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** The one base class of every error that Vigil throws on purpose. */
export class VigilError extends Error {
  override readonly name = "VigilError";
  readonly code: string;
  readonly side: Side;
  readonly next: string;
  readonly details: ErrorDetails;

  constructor(
    code: string,
    kind: ErrorKind,
    options: { message?: string; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(options.message ?? kind.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.side = kind.side;
    this.next = kind.next;
    this.details = options.details ?? {};
  }
}

/** What an error looks like to people and in JSON, the same in API, CLI, console and run results. */
export interface ErrorReport {
  readonly code: string;
  readonly side: Side;
  readonly message: string;
  readonly next: string;
  readonly details: ErrorDetails;
}

/**
 * Makes the `fail` function of one catalogue: `throw fail("wire.xml.depth", { details: { offset } })`.
 * Each package has one `errors.ts` that exports its catalogue and its `fail`.
 */
export function failWith<C extends ErrorCatalogue>(catalogue: C) {
  return (
    code: keyof C & string,
    options: { message?: string; details?: ErrorDetails; cause?: unknown } = {},
  ): VigilError => {
    const kind = catalogue[code];
    if (kind === undefined) throw new RangeError(`no such error code: ${code}`);
    return new VigilError(code, kind, options);
  };
}

const unexpected: ErrorKind = {
  side: "ours",
  title: "Something went wrong inside Vigil",
  next: "Look for the same time in the server's log and report it",
};

/** Turns anything thrown into a report; an unknown error keeps its message out (it may hold a secret). */
export function reportOf(error: unknown): ErrorReport {
  const known = error instanceof VigilError ? error : new VigilError("base.unexpected", unexpected, { cause: error });
  return { code: known.code, side: known.side, message: known.message, next: known.next, details: known.details };
}
