import { verify, X509Certificate } from "node:crypto";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import { implement, realms, returns, type Behavior, type Call } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";

/** What Setup, AdminSetup and UpgradeClientToAdmin return. @source protocols B.1 */
const status = { ok: 0, invalidState: 2, invalidParameter: 3, authenticationFailed: 5 } as const;
/** What AddNextCertInChain returns. @source protocols B.1 */
const chainStatus = { ok: 0, invalidParameter: 1, invalidState: 3, verificationFailed: 4, tooLong: 5 } as const;
/** @source protocols B.1, UNVERIFIED */
const longestChain = 4;

interface Signed {
  readonly McNonce?: Uint8Array | undefined;
  readonly SigningAlgorithm?: unknown;
  readonly DigitalSignature?: Uint8Array | undefined;
}

interface Password {
  readonly NetAdminPassEncryptionType?: unknown;
  readonly NetworkAdminPassword?: string;
}

/**
 * Setup from inside the host. Its methods answer the host's own software alone, which reaches the firmware by another way than the
 * network. @source protocols B.1
 */
export const hostSetup: readonly Behavior[] = [
  implement(IPS_HostBasedSetupService)({
    realm: realms.administration,
    list: ({ mode, state }) => [
      {
        AllowedControlModes: [2, 1],
        CertChainStatus: state.hostSetup.isComplete ? 2 : state.hostSetup.chain.length > 0 ? 1 : 0,
        ConfigurationNonce: new Uint8Array(Buffer.from(state.hostSetup.nonce, "hex")),
        CreationClassName: "IPS_HostBasedSetupService",
        CurrentControlMode: mode === "post" ? state.controlMode : "none",
        ElementName: "Intel(r) AMT Host Based Setup Service",
        Name: "Intel(r) AMT Host Based Setup Service",
        ...amtKeys,
      },
    ],
    methods: {
      Setup(call, input) {
        if (!isFromHost(call) || call.firmware.mode === "post") return returns(status.invalidState);
        const ha1 = digestIn(input);
        if (ha1 === undefined) return returns(status.invalidParameter);
        become(call.firmware, "client", ha1);
        return returns(status.ok);
      },
      AddNextCertInChain(call, { NextCertificate, IsLeafCertificate = false, IsRootCertificate = false }) {
        const { firmware } = call;
        if (!isFromHost(call) || isAdmin(firmware)) return returns(chainStatus.invalidState);
        if (NextCertificate === undefined || !isCertificate(NextCertificate)) {
          return returns(chainStatus.invalidParameter);
        }
        const before = IsLeafCertificate ? [] : firmware.state.hostSetup.chain;
        if (!IsLeafCertificate && before.length === 0) return returns(chainStatus.invalidState);
        if (before.length >= longestChain) return returns(endAttempt(firmware, chainStatus.tooLong));
        const chain = [...before, Buffer.from(NextCertificate).toString("base64")];
        const isTrusted = !IsRootCertificate || firmware.acceptsSetupChain(chain.map(bytesIn)).ok;
        if (!isTrusted) return returns(endAttempt(firmware, chainStatus.verificationFailed));
        firmware.change(({ hostSetup: setup }) => Object.assign(setup, { chain, isComplete: IsRootCertificate }));
        return returns(chainStatus.ok);
      },
      AdminSetup(call, input) {
        const { firmware } = call;
        if (!isFromHost(call) || firmware.mode === "post" || !firmware.state.hostSetup.isComplete) {
          return returns(status.invalidState);
        }
        const ha1 = digestIn(input);
        if (ha1 === undefined) return returns(status.invalidParameter);
        if (!isSigned(firmware, input)) return returns(endAttempt(firmware, status.authenticationFailed));
        become(firmware, "admin", ha1);
        return returns(status.ok);
      },
      UpgradeClientToAdmin(call, input) {
        const { firmware } = call;
        const isClient = firmware.mode === "post" && !isAdmin(firmware);
        if (!isFromHost(call) || !isClient || !firmware.state.hostSetup.isComplete) {
          return returns(status.invalidState);
        }
        if (!isSigned(firmware, input)) return returns(endAttempt(firmware, status.authenticationFailed));
        become(firmware, "admin", firmware.state.adminHa1 ?? "");
        return returns(status.ok);
      },
      DisableClientControlMode(call) {
        const { firmware } = call;
        if (!isFromHost(call) || firmware.mode !== "post" || isAdmin(firmware)) return returns(status.invalidState);
        firmware.audit("security.unprovisioning", Uint8Array.of(4));
        firmware.unprovision();
        return returns(status.ok);
      },
    },
  }),
];

function isFromHost({ caller }: Call): boolean {
  return caller.channel === "local";
}

function isAdmin({ mode, state }: Firmware): boolean {
  return mode === "post" && state.controlMode === "admin";
}

/** MD5 of user, realm and password as lower-case hex; undefined when it is not that. */
function digestIn({ NetAdminPassEncryptionType, NetworkAdminPassword = "" }: Password): string | undefined {
  const isDigest = NetAdminPassEncryptionType === "digestHa1" && /^[0-9a-f]{32}$/.test(NetworkAdminPassword);
  return isDigest ? NetworkAdminPassword : undefined;
}

/** The leaf's key has signed both nonces, the firmware's first. */
function isSigned({ state }: Firmware, { McNonce, SigningAlgorithm, DigitalSignature }: Signed): boolean {
  const [leaf] = state.hostSetup.chain;
  if (SigningAlgorithm !== "rsaSha256" || McNonce?.length !== 20 || DigitalSignature === undefined) return false;
  if (leaf === undefined) return false;
  const { publicKey } = new X509Certificate(bytesIn(leaf));
  const data = Buffer.concat([Buffer.from(state.hostSetup.nonce, "hex"), McNonce]);
  return verify("sha256", data, publicKey, DigitalSignature);
}

/** Set up: the network opens, hellos end. */
function become(firmware: Firmware, controlMode: "client" | "admin", adminHa1: string): void {
  const wasSetUp = firmware.mode === "post";
  firmware.change((state) => {
    state.mode = "post";
    state.controlMode = controlMode;
    state.adminHa1 = adminHa1;
    state.provisioned ??= { at: firmware.now(), rootHash: firmware.helloHashes[0]?.hash ?? "" };
  });
  endAttempt(firmware, status.ok);
  if (!wasSetUp) firmware.audit("security.provisioned");
}

/** The nonce is good for one attempt. @source protocols B.1, UNVERIFIED when exactly it changes */
function endAttempt<const R extends number>(firmware: Firmware, code: R): R {
  const nonce = Buffer.from(firmware.random(20)).toString("hex");
  firmware.change((state) => {
    state.hostSetup = { nonce, chain: [], isComplete: false };
  });
  return code;
}

function bytesIn(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}

function isCertificate(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}
