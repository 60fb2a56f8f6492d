import type { Changes } from "@vigil/model/define.ts";
import { consentPolicies, IPS_OptInService } from "@vigil/model/ips/IPS_OptInService.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type ConsentPolicy = keyof typeof consentPolicies;

/** Where the user's consent stands. */
export interface ConsentState {
  /** For what it is needed. */
  readonly policy: ConsentPolicy;
  readonly state: "notStarted" | "requested" | "displayed" | "received" | "inSession" | "unknown";
  readonly mayChangePolicy: boolean;
  readonly codeTimeoutSeconds: number;
  /** How long consent waits for a session to begin. */
  readonly sessionTimeoutSeconds: number;
}

/** User consent: six digits on the machine's screen, read out by its user. @source protocols B.8 */
export class Consent {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<ConsentState> {
    const service = await this.#wsman.get(IPS_OptInService, undefined, options);
    const { OptInRequired: policy, OptInState: state } = service;
    return {
      // A value that we do not know is taken for the strictest.
      policy: typeof policy === "string" ? policy : "all",
      state: typeof state === "string" ? state : "unknown",
      mayChangePolicy: service.CanModifyOptInPolicy === 1,
      codeTimeoutSeconds: service.OptInCodeTimeout ?? 0,
      sessionTimeoutSeconds: service.OptInDisplayTimeout ?? 0,
    };
  }

  /** In client control mode it is always needed. @throws amt.consent.refused (device) */
  require(policy: ConsentPolicy, options: CallOptions = {}): Promise<void> {
    return this.#put({ OptInRequired: policy }, options);
  }

  /** @param to.codeSeconds how long a code is shown, 60 at least @param to.sessionSeconds how long consent waits for a session, 10 at least */
  setLimits(
    to: { readonly codeSeconds?: number; readonly sessionSeconds?: number },
    options: CallOptions = {},
  ): Promise<void> {
    const { codeSeconds, sessionSeconds } = to;
    const changes = {
      ...(codeSeconds === undefined ? {} : { OptInCodeTimeout: codeSeconds }),
      ...(sessionSeconds === undefined ? {} : { OptInDisplayTimeout: sessionSeconds }),
    };
    return this.#put(changes, options);
  }

  /** Has the device show a code. @throws amt.consent.refused (device); so do the next two */
  start(options: CallOptions = {}): Promise<void> {
    return this.#call("StartOptIn", {}, options);
  }

  /** @param code the six digits that the user read out */
  send(code: string, options: CallOptions = {}): Promise<void> {
    return this.#call("SendOptInCode", { OptInCode: Number(code) }, options);
  }

  cancel(options: CallOptions = {}): Promise<void> {
    return this.#call("CancelOptIn", {}, options);
  }

  async #put(changes: Changes<typeof IPS_OptInService>, options: CallOptions): Promise<void> {
    try {
      await this.#wsman.put(IPS_OptInService, changes, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.consent.refused", cause);
    }
  }

  async #call(
    method: "StartOptIn" | "SendOptInCode" | "CancelOptIn",
    input: { readonly OptInCode?: number },
    options: CallOptions,
  ): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(IPS_OptInService, method, input, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.consent.refused", { family: "consent", method, returnValue: ReturnValue, details });
  }
}
