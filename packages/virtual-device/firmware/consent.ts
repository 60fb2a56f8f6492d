import type { Clock } from "@vigil/base/clock.ts";
import type { AuditEventName } from "./audit-record.ts";
import { kvmSettingsOf } from "./kvm-settings.ts";
import type { ConsentState, FirmwareState } from "./state.ts";

interface Screen {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly state: Readonly<FirmwareState>;
  change(write: (state: FirmwareState) => void): void;
  audit(event: AuditEventName, extended?: Uint8Array): void;
  consentTimeouts(): { readonly codeMs: number; readonly displayMs: number };
}

/** Wrong codes until the firmware gives up. @source protocols B.8 */
const mostWrongCodes = 3;
/** OptInRequired: the screen alone, or boot and disk as well. @source protocols B.8 */
const wantedForScreen = "1";
const wantedForAll = "4294967295";

/**
 * The user's consent.
 *
 * States: notStarted -> displayed when a manager asks (six digits stand on the host's screen) -> received when the manager sends
 * them -> notStarted when nobody begins a session in time. Three wrong codes, a cancel or the code's time limit lead back to
 * notStarted as well. A session that begins makes received inSession; when the last has ended it is received again, for as long as
 * consent holds until a session begins: UNVERIFIED.
 */
export class Consent {
  readonly #screen: Screen;
  #cancelTimer: (() => void) | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /**
   * Whether consent is needed and has not been given: for what takes the machine from its user, or for its screen. The screen has a
   * policy of its own beside the common one; which of the two prevails is UNVERIFIED. @source protocols B.1 "CCM restrictions", B.8
   */
  isMissingFor(what: "machine" | "screen"): boolean {
    const { state } = this.#screen;
    const [settings] = state.stored["IPS_OptInService"] ?? [];
    const policy = settings?.children.find((one) => one.name === "OptInRequired")?.text;
    const isScreens = what === "screen" && (policy === wantedForScreen || kvmSettingsOf(state).wantsConsent);
    const isNeeded = state.mode === "post" && (state.controlMode === "client" || policy === wantedForAll || isScreens);
    return isNeeded && state.consent.state !== "received" && state.consent.state !== "inSession";
  }

  start(): void {
    const { codeMs } = this.#screen.consentTimeouts();
    const bytes = this.#screen.random(4);
    const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) % 1_000_000;
    this.#become({
      state: "displayed",
      code: String(number).padStart(6, "0"),
      wrongCodes: 0,
      endsAt: this.#in(codeMs),
    });
    this.#screen.audit("consent.code", Uint8Array.of(0));
    this.#endAfter(codeMs);
  }

  /** @returns whether the code is the one on the screen */
  enter(code: number): boolean {
    const { state: now } = this.#screen;
    const { consent } = now;
    if (Number(consent.code) === code) {
      const { displayMs } = this.#screen.consentTimeouts();
      this.#become({ state: "received", code: null, wrongCodes: 0, endsAt: this.#in(displayMs) });
      this.#screen.audit("kvm.consentGiven");
      this.#endAfter(displayMs);
      return true;
    }
    if (consent.wrongCodes + 1 >= mostWrongCodes) {
      this.#screen.audit("consent.code", Uint8Array.of(1));
      this.cancel();
    } else {
      this.#become({ ...consent, wrongCodes: consent.wrongCodes + 1 });
    }
    this.#screen.audit("kvm.consentFailed");
    return false;
  }

  /** A session has begun. */
  taken(): void {
    if (this.#screen.state.consent.state !== "received") return;
    this.stop();
    this.#become({ state: "inSession", code: null, wrongCodes: 0, endsAt: null });
  }

  /** The last session has ended. */
  released(): void {
    if (this.#screen.state.consent.state !== "inSession") return;
    const { displayMs } = this.#screen.consentTimeouts();
    this.#become({ state: "received", code: null, wrongCodes: 0, endsAt: this.#in(displayMs) });
    this.#endAfter(displayMs);
  }

  cancel(): void {
    this.stop();
    this.#become({ state: "notStarted", code: null, wrongCodes: 0, endsAt: null });
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #become(consent: ConsentState): void {
    this.#screen.change((state) => {
      state.consent = consent;
    });
  }

  #in(ms: number): number {
    return this.#screen.clock.now() + ms;
  }

  #endAfter(ms: number): void {
    this.stop();
    this.#cancelTimer = this.#screen.clock.after(ms, () => this.cancel());
  }
}
