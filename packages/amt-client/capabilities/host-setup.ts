import { randomBytes, sign, X509Certificate } from "node:crypto";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import type { Input } from "@vigil/model/define.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import { fail } from "../errors.ts";
import { refusal, type StatusFamily } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";
import { adminUser } from "./accounts.ts";

/** Where a setup from inside the host stands. */
export interface HostSetupState {
  readonly controlMode: "none" | "client" | "admin";
  /** How much of a setup certificate's chain the firmware has taken. */
  readonly chain: "none" | "begun" | "complete";
  /** What is to be signed; another after each attempt. */
  readonly nonce: Uint8Array;
}

/** With what a manager proves that it may set devices up. */
export interface SetupProof {
  /** Leaf first, root last. */
  readonly chainPem: string;
  /** Of the leaf: RSA. */
  readonly keyPem: string;
}

/** Who the host's own software is to the firmware. */
export interface LocalAccount {
  readonly username: string;
  readonly password: string;
}

type Service = typeof IPS_HostBasedSetupService;
type Method = "Setup" | "AddNextCertInChain" | "AdminSetup" | "UpgradeClientToAdmin" | "DisableClientControlMode";
type Password = Pick<Input<Service, "Setup">, "NetAdminPassEncryptionType" | "NetworkAdminPassword">;

const nonceBytes = 20;

/**
 * Setup from inside the host. The firmware answers these calls to its host's own account alone, over the local way.
 * A password leaves only as its digest with the device's realm.
 */
export class HostSetup {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<HostSetupState> {
    const service = await this.#wsman.get(IPS_HostBasedSetupService, undefined, options);
    const { CurrentControlMode: mode, CertChainStatus: chain = 0, ConfigurationNonce: nonce } = service;
    return {
      controlMode: mode === "client" || mode === "admin" ? mode : "none",
      chain: chain === 2 ? "complete" : chain === 1 ? "begun" : "none",
      nonce: nonce ?? new Uint8Array(),
    };
  }

  /** Sets the device up in client control mode. @throws amt.host-setup.refused (device); so do all below; after amt.outcome.unknown read() tells */
  async enterClientMode(adminPassword: string, options: CallOptions = {}): Promise<void> {
    const password = await this.#password(adminPassword, options);
    await this.#call("Setup", password, "host-setup", options);
  }

  /**
   * Sets the device up in admin control mode: the chain, then both nonces signed by its leaf. Firmware hangs when AdminSetup is asked again
   * while the first is under way: when the answer is lost, read() until it tells, and do not call this again.
   * @source predecessors 6
   */
  async enterAdminMode(adminPassword: string, proof: SetupProof, options: CallOptions = {}): Promise<void> {
    const password = await this.#password(adminPassword, options);
    const signature = await this.#present(proof, options);
    await this.#call("AdminSetup", { ...password, ...signature }, "host-setup", options);
  }

  /** From client to admin control mode; the admin's password stays. */
  async upgradeToAdminMode(proof: SetupProof, options: CallOptions = {}): Promise<void> {
    const signature = await this.#present(proof, options);
    await this.#call("UpgradeClientToAdmin", signature, "host-setup", options);
  }

  /** Back to factory state, from client control mode. */
  async leaveClientMode(options: CallOptions = {}): Promise<void> {
    await this.#call("DisableClientControlMode", {}, "host-setup", options);
  }

  /** Hands over the chain, leaf first, one call each. @returns what AdminSetup is to be told */
  async #present(
    { chainPem, keyPem }: SetupProof,
    options: CallOptions,
  ): Promise<Input<Service, "UpgradeClientToAdmin">> {
    const chain = certificatesIn(chainPem);
    for (const [index, one] of chain.entries()) {
      const flags = {
        ...(index === 0 ? { IsLeafCertificate: true } : {}),
        ...(index === chain.length - 1 ? { IsRootCertificate: true } : {}),
      };
      await this.#call("AddNextCertInChain", { NextCertificate: one, ...flags }, "certificate-chain", options);
    }
    // Read after the chain: firmware keeps one nonce for one attempt. @source protocols B.1
    const { nonce } = await this.read(options);
    const own = randomBytes(nonceBytes);
    const signature = sign("sha256", Buffer.concat([nonce, own]), keyPem);
    return {
      McNonce: new Uint8Array(own),
      SigningAlgorithm: "rsaSha256",
      DigitalSignature: new Uint8Array(signature),
    };
  }

  async #password(password: string, options: CallOptions): Promise<Password> {
    const { DigestRealm: realm } = await this.#wsman.get(AMT_GeneralSettings, undefined, options);
    if (realm === undefined || realm === "") {
      const { details } = this.#wsman.connection;
      throw fail("amt.answer.invalid", { details: { ...details, reason: "no DigestRealm" } });
    }
    return { NetAdminPassEncryptionType: "digestHa1", NetworkAdminPassword: ha1(adminUser, realm, password) };
  }

  async #call<M extends Method>(
    method: M,
    input: Input<Service, M>,
    family: StatusFamily,
    options: CallOptions,
  ): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(IPS_HostBasedSetupService, method, input, options);
    // A device whose mode has changed drops its connections once the answer is out.
    if (ReturnValue === 0 && method !== "AddNextCertInChain") this.#wsman.connection.hangUp();
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.host-setup.refused", { family, method, returnValue: ReturnValue, details });
  }
}

/** The certificates of a PEM text, DER. */
function certificatesIn(pem: string): Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
}
