import { VigilError } from "@vigil/base/errors.ts";
import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import type { Consent } from "../capabilities/consent.ts";
import type { Features } from "../capabilities/features.ts";
import { fail } from "../errors.ts";
import type { ConnectionOptions } from "../wsman/connection.ts";
import { openDisk, type DiskOptions, type DiskSession } from "./ider.ts";
import { openKvm, type KvmOptions, type KvmSession } from "./kvm.ts";
import { openSession, redirectionPorts, type OpenSession, type SessionOptions } from "./session.ts";
import { openSerialLine, type SerialLine, type SerialOptions } from "./sol.ts";

/** What the way to the device says already. */
type Known = "dialer" | "port" | "credential" | "clock";
type Credential = SessionOptions["credential"];

/** WS-Management's plain port; everything else is taken for one with TLS. */
const plainPort = 16_992;

/** Sessions of one device, each with the login that is good when it is opened: the device may have got a new password meanwhile. Each has a connection of its own, and outlives the device's. */
export class Sessions {
  readonly #way: Pick<SessionOptions, "dialer" | "port" | "clock">;
  readonly #credential: () => Credential;
  readonly #consent: Consent;
  readonly #features: Features;

  /** @param credential the login as it now is */
  constructor(
    { dialer, port, clock }: Pick<ConnectionOptions, "dialer" | "port" | "clock">,
    credential: () => Credential,
    consent: Consent,
    features: Features,
  ) {
    const own = port === plainPort ? redirectionPorts.plain : redirectionPorts.tls;
    this.#way = { dialer, port: own, clock };
    this.#credential = credential;
    this.#consent = consent;
    this.#features = features;
  }

  /** @throws as openSerialLine; amt.consent.needed (device) */
  serialLine(more: Omit<SerialOptions, Known> = {}): Promise<SerialLine> {
    return this.#explained("sol", openSerialLine({ ...more, ...this.#known() }));
  }

  /** @throws as openDisk; amt.consent.needed (device) */
  disk(more: Omit<DiskOptions, Known>): Promise<DiskSession> {
    return this.#explained("ider", openDisk({ ...more, ...this.#known() }));
  }

  /** @throws as openKvm; amt.consent.needed (device) */
  screen(more: Omit<KvmOptions, Known> = {}): Promise<KvmSession> {
    return this.#explained("kvm", openKvm({ ...more, ...this.#known() }));
  }

  /** A session in whose words the caller speaks. @throws as openSession; amt.consent.needed (device) */
  open(kind: RedirectionKind, more: Omit<SessionOptions, Known> = {}): Promise<OpenSession> {
    return this.#explained(kind, openSession(kind, { ...more, ...this.#known() }));
  }

  #known(): Pick<SessionOptions, Known> {
    return { ...this.#way, credential: this.#credential() };
  }

  /** A device that refuses does not say why: whether it lacks consent, its settings do. */
  async #explained<T>(kind: RedirectionKind, opening: Promise<T>): Promise<T> {
    try {
      return await opening;
    } catch (error) {
      if (!(error instanceof VigilError) || error.code !== "amt.redirection.refused") throw error;
      if (!(await this.#lacksConsent(kind))) throw error;
      throw fail("amt.consent.needed", { details: error.details, cause: error });
    }
  }

  /** False also when it cannot be read: then the refusal is all that is known. */
  async #lacksConsent(kind: RedirectionKind): Promise<boolean> {
    try {
      const { policy, state } = await this.#consent.read();
      if (state === "received" || state === "inSession") return false;
      return policy !== "none" || (kind === "kvm" && (await this.#features.screenSettings()).needsConsent);
    } catch {
      return false;
    }
  }
}
