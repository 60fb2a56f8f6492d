import type { FaultName } from "@vigil/wire/wsman/fault.ts";

/** One way to misbehave. */
export type Misbehavior =
  /** The ports are closed, or just one of them. */
  | { readonly kind: "refuse"; readonly port?: "plain" | "tls" }
  /** Connections are taken, and nothing is ever said on them: not even TLS. */
  | { readonly kind: "mute" }
  /** A hello is sent into the void, or from another address than the device has by now. */
  | { readonly kind: "hello"; readonly from: "nowhere" | { readonly address: string } }
  /**
   * Redirection sessions are answered as if another was open; they end once the device has said that much; or everything that the device
   * says in them takes that long.
   */
  | { readonly kind: "session"; readonly how: "busy" }
  | { readonly kind: "session"; readonly how: "drop"; readonly afterBytes: number }
  | { readonly kind: "session"; readonly how: "slow"; readonly ms: number }
  /** The connection ends when a request has come; nothing was done. */
  | { readonly kind: "drop" }
  /** The request is carried out, then the connection ends without an answer. */
  | { readonly kind: "drop-after" }
  | { readonly kind: "delay"; readonly ms: number }
  /** No answer, ever. */
  | { readonly kind: "hang" }
  /** Half of the answer, then nothing more, or the end. */
  | { readonly kind: "half"; readonly then: "hang" | "close" }
  /** The answer names another request. */
  | { readonly kind: "mismatch" }
  /** 401, whatever the password. */
  | { readonly kind: "unauthorized" }
  | { readonly kind: "fault"; readonly name: FaultName }
  /** A body of the test's own. */
  | { readonly kind: "body"; readonly text: string };

export interface FaultPlan {
  readonly misbehavior: Misbehavior;
  /** How often; until it is cleared when absent. */
  readonly times?: number;
  /** Requests that go well before. */
  readonly after?: number;
  /** Only requests whose body holds this text, e.g. "CommitChanges". */
  readonly matching?: string;
}

/** How one device misbehaves, on request. */
export class Faults {
  #plan: FaultPlan | undefined;
  #seen = 0;
  #done = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Misbehave like this from now on. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#seen = 0;
    this.#done = 0;
    this.#onChange();
  }

  clear(): void {
    this.#plan = undefined;
    this.#onChange();
  }

  /** Whether that port is closed. */
  refuses(port: "plain" | "tls"): boolean {
    const misbehavior = this.#plan?.misbehavior;
    return misbehavior?.kind === "refuse" && (misbehavior.port ?? port) === port;
  }

  get isMute(): boolean {
    return this.#plan?.misbehavior.kind === "mute";
  }

  /** What is wrong with the hello that is about to be sent; undefined: nothing. */
  nextHello(): "nowhere" | { readonly address: string } | undefined {
    const plan = this.#plan;
    if (plan?.misbehavior.kind !== "hello" || this.#done >= (plan.times ?? Number.POSITIVE_INFINITY)) return undefined;
    this.#done += 1;
    return plan.misbehavior.from;
  }

  /** What is wrong with the redirection session that begins; undefined: nothing. */
  nextSession(): (Misbehavior & { readonly kind: "session" }) | undefined {
    const plan = this.#plan;
    if (plan?.misbehavior.kind !== "session") return undefined;
    this.#seen += 1;
    if (this.#seen <= (plan.after ?? 0) || this.#done >= (plan.times ?? Number.POSITIVE_INFINITY)) return undefined;
    this.#done += 1;
    return plan.misbehavior;
  }

  /** How often the plan has struck. */
  get strikes(): number {
    return this.#done;
  }

  /** What to do wrong with this request; undefined: nothing. */
  next(body: Uint8Array): Misbehavior | undefined {
    const plan = this.#plan;
    if (plan === undefined || ["refuse", "hello", "mute", "session"].includes(plan.misbehavior.kind)) return undefined;
    if (plan.matching !== undefined && !Buffer.from(body).includes(plan.matching)) return undefined;
    this.#seen += 1;
    if (this.#seen <= (plan.after ?? 0) || this.#done >= (plan.times ?? Number.POSITIVE_INFINITY)) return undefined;
    this.#done += 1;
    return plan.misbehavior;
  }
}
