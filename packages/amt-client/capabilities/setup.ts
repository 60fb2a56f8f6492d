import { VigilError } from "@vigil/base/errors.ts";
import { AMT_ProvisioningCertificateHash } from "@vigil/model/amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { CIM_SoftwareIdentity } from "@vigil/model/cim/CIM_SoftwareIdentity.ts";
import type { Instance } from "@vigil/model/define.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import { uuidFromBytes } from "@vigil/wire/uuid.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** How far a device is on its way from factory to provisioned. */
export interface SetupState {
  readonly state: "factory" | "in-setup" | "provisioned";
  /** Who rules the device: nobody, its user (client control), or we (admin control). */
  readonly controlMode: "none" | "client" | "admin";
  /** Firmware release, e.g. "16.1.25"; empty when the firmware does not say. */
  readonly release: string;
  readonly trustedDnsSuffix: string;
  readonly dhcpDnsSuffix: string;
}

/** The hash of a root certificate that may vouch for whoever sets the device up. */
export interface CertificateHash {
  readonly algorithm: "sha1" | "sha256" | "sha384" | "unknown";
  /** Lower-case hex. */
  readonly hash: string;
  readonly name: string;
  readonly isEnabled: boolean;
  /** True for those that came with the firmware. */
  readonly isDefault: boolean;
}

/** What unprovision() leaves: "nothing", or the keys and hashes with which it can be set up again from afar. */
export type Remainder = "nothing" | "setup-data";

type Service = Instance<typeof AMT_SetupAndConfigurationService>;
type Method = "SetMEBxPassword" | "CommitChanges" | "Unprovision" | "PartialUnprovision" | "ExtendProvisioningPeriod";

/** From factory to provisioned, and back. */
export class Setup {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async readState(options: CallOptions = {}): Promise<SetupState> {
    const service = await this.#wsman.get(AMT_SetupAndConfigurationService, undefined, options);
    return {
      state: stateOf(service.ProvisioningState),
      controlMode: await this.#controlMode(service, options),
      release: await this.release(options),
      trustedDnsSuffix: service.TrustedDNSSuffix ?? "",
      dhcpDnsSuffix: service.DhcpDNSSuffix ?? "",
    };
  }

  /** The firmware's release, e.g. "16.1.25"; empty when it does not say. */
  async release(options: CallOptions = {}): Promise<string> {
    const all = await this.#wsman.enumerate(CIM_SoftwareIdentity, options);
    return all.find((one) => one.InstanceID === "AMT")?.VersionString ?? "";
  }

  /** The machine's UUID. @throws amt.setup.refused (device) */
  async uuid(options: CallOptions = {}): Promise<string> {
    const read = { ...options, effect: "read" } as const;
    const { ReturnValue, UUID } = await this.#wsman.invoke(AMT_SetupAndConfigurationService, "GetUuid", {}, read);
    if (ReturnValue !== 0 || UUID === undefined) throw this.#refusal("GetUuid", ReturnValue);
    return uuidFromBytes(UUID);
  }

  /** The roots that the device believes when someone wants to set it up. */
  async certificateHashes(options: CallOptions = {}): Promise<CertificateHash[]> {
    const all = await this.#wsman.enumerate(AMT_ProvisioningCertificateHash, options);
    return all.map((one) => ({
      algorithm: hashAlgorithms[one.HashData?.length ?? 0] ?? "unknown",
      hash: Buffer.from(one.HashData ?? []).toString("hex"),
      name: one.Description ?? "",
      isEnabled: one.Enabled ?? false,
      isDefault: one.IsDefault ?? false,
    }));
  }

  /** Sets the password of the firmware's own menu on the machine. @throws amt.setup.refused (device); so do all below */
  async setMebxPassword(password: string, options: CallOptions = {}): Promise<void> {
    await this.#change("SetMEBxPassword", { Password: password }, options);
  }

  /** Puts settings such as TLS into force; in setup it makes the device provisioned. The device may then close the connection. */
  async commitChanges(options: CallOptions = {}): Promise<void> {
    await this.#change("CommitChanges", {}, options);
  }

  /** Gives a device in setup more time. @param hours 1 to 24 */
  async extendSetup(hours: number, options: CallOptions = {}): Promise<void> {
    await this.#change("ExtendProvisioningPeriod", { Duration: hours }, options);
  }

  /** What keeps the device from being unprovisioned now: numbers are those that no source names. @throws amt.setup.refused (device) */
  async unprovisionBlockers(options: CallOptions = {}): Promise<("audit-log" | number)[]> {
    const read = { ...options, effect: "read" } as const;
    const method = "GetUnprovisionBlockingComponents";
    const { ReturnValue, Component = [] } = await this.#wsman.invoke(
      AMT_SetupAndConfigurationService,
      method,
      {},
      read,
    );
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
    return Component.map((one) => (one === "componentAuditLog" ? "audit-log" : one));
  }

  /**
   * The one-time password that the host's software gave the firmware; undefined when it gave none. Readable only while the device is in setup.
   * @source protocols C.7
   */
  async oneTimePassword(options: CallOptions = {}): Promise<string | undefined> {
    const service = await this.#wsman.get(AMT_SetupAndConfigurationService, undefined, options);
    const text = Buffer.from(service.ProvisioningServerOTP ?? [])
      .toString("latin1")
      .replace(/\0+$/, "");
    return text === "" ? undefined : text;
  }

  /** Makes the device forget us. It answers, and leaves the network a moment later. */
  async unprovision(remainder: Remainder = "setup-data", options: CallOptions = {}): Promise<void> {
    // Mode 1 is what the other managers send for a device in admin control; 0 means the current one. @source protocols B.1
    if (remainder === "nothing") await this.#change("Unprovision", { ProvisioningMode: 1 }, options);
    else await this.#change("PartialUnprovision", {}, options);
  }

  async #change(method: Method, input: Readonly<Record<string, string | number>>, options: CallOptions): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(AMT_SetupAndConfigurationService, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  /** Firmware before AMT 7 lacks the class that says it outright; the mode of setup tells it too. */
  async #controlMode(service: Service, options: CallOptions): Promise<SetupState["controlMode"]> {
    try {
      const { CurrentControlMode: mode } = await this.#wsman.get(IPS_HostBasedSetupService, undefined, options);
      if (mode === "none" || mode === "client" || mode === "admin") return mode;
    } catch (cause) {
      const isLacking = cause instanceof VigilError && /^(wsman\.fault\.|amt\.release\.lacking$)/.test(cause.code);
      if (!isLacking) throw cause;
    }
    if (stateOf(service.ProvisioningState) !== "provisioned") return "none";
    return service.ProvisioningMode === clientControlMode ? "client" : "admin";
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.setup.refused", { family: "amt", method, returnValue, details });
  }
}

/** @source protocols B.1 "ProvisioningMode" */
const clientControlMode = 4;

/** By length: HashType's numbers are UNVERIFIED. */
const hashAlgorithms: Readonly<Record<number, CertificateHash["algorithm"]>> = {
  20: "sha1",
  32: "sha256",
  48: "sha384",
};

function stateOf(value: Service["ProvisioningState"]): SetupState["state"] {
  if (value === "post") return "provisioned";
  return value === "in" ? "in-setup" : "factory";
}
