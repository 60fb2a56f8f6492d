import { createHash } from "node:crypto";
import type { XmlElement } from "@vigil/wire/xml.ts";

/** What a device keeps in its flash: plain JSON, so that it can be saved as it is. */
export interface FirmwareState {
  readonly version: 1;
  mode: "pre" | "in" | "post";
  digestRealm: string;
  /** MD5(admin:realm:password) as hex; null while the password is the factory's. */
  adminHa1: string | null;
  adminName: string;
  isMebxPasswordSet: boolean;
  /** Password of the firmware's menu. */
  mebxPassword: string;
  /** A pre-shared key to be set up with; null when it has none. */
  psk: { pid: string; pps: string } | null;
  /** Password of the account that the host's own software logs in with. */
  localPassword: string;
  /** What the host was given to show that it, the device and the server belong together; null for nothing. */
  oneTimePassword: string | null;
  hostSetup: HostSetupState;
  users: UserEntry[];
  hostName: string;
  domainName: string;
  keys: StoredKey[];
  certificates: StoredCertificate[];
  /** Handle of the certificate that the TLS ports show. */
  tlsCertificate: number | null;
  /** As Put last left it; takes effect with CommitChanges. */
  tls: { network: TlsSettings; local: TlsSettings };
  /** As CommitChanges last made it effective. */
  activeTls: TlsSettings;
  isWebPageOpen: boolean;
  /** Milliseconds that the device's clock is ahead of the world's. */
  clockOffsetMs: number;
  isClockSet: boolean;
  /** Whether the host may set the device's clock. */
  localTimeSync: "defaultTrue" | "configuredTrue" | "false";
  powerState: PowerState;
  bootCount: number;
  /** What is arranged for the next boot. */
  boot: BootState;
  /** How the host started last, and whether a manager had asked for it. */
  lastBoot: LastBoot;
  /** How the last erase ended, as BIOSLastStatus says it. @source protocols B.4 */
  eraseStatus: [general: number, detail: number];
  /** False once the drives have been erased: nothing is left that could be started from them. */
  hasSystem: boolean;
  /** Who rules a device that is set up: its user, or we. */
  controlMode: "client" | "admin";
  /** Records of 21 bytes as base64, oldest first. */
  log: string[];
  isLogFrozen: boolean;
  /** What managers stored, by class, as it is written on the wire. */
  stored: Record<string, XmlElement[]>;
  redirection: { sol: boolean; ider: boolean; kvm: boolean };
  /** Number of the power scheme in force. */
  powerScheme: number;
  consent: ConsentState;
  screen: { isBlank: boolean; mayBlank: boolean; rebootsLeft: number };
  wifiPort: "disabled" | "enabledInS0" | "enabledInS0AndSx";
  userInitiated: "none" | "bios" | "os" | "biosAndOs";
  linkHolder: "me" | "host";
  isVpnRouted: boolean;
  /** Minutes by policy. */
  defenseTimeouts: Record<string, number>;
  defenseReadAt: number;
  /** Packets by filter handle, since then. */
  defenseCounts: Record<string, number>;
  /** What the statistics show: the counts as they were when somebody asked for them. */
  defenseShown: Record<string, number>;
  /** Which recovery boots may be asked for. */
  bootService: "enabled" | "recoveryAndEraseOff" | "recoveryOn" | "eraseOn" | "recoveryAndEraseOn";
  osPowerSaving: number;
  /** How the device came to be provisioned: what its record says. */
  provisioned: { at: number; rootHash: string } | null;
  audit: AuditState;
  /** Whether Kerberos tickets of users are remembered. */
  isCredentialCacheOn: boolean;
  hello: { startedAt: number | null; sent: number };
  /** The certificate of setup mode, made on first need. */
  selfSigned: { certificatePem: string; keyPem: string } | null;
}

export interface BootState {
  /** Options that differ from an idle device's. */
  settings: Record<string, boolean | number | string>;
  source: string | null;
  /** True once the configuration has been given the role of the next boot. */
  isNext: boolean;
  /** Of a recovery boot or an erase; values as base64. */
  parameters: { type: number; value: string }[];
}

export interface LastBoot {
  /** S-state. */
  from: number;
  isRemote: boolean;
  /** The boot source that it obeyed; null for the BIOS's own order. */
  source: string | null;
  /** The options that it obeyed. */
  options: Record<string, boolean | number | string>;
}

/** A setup from inside the host, under way. @source protocols B.1 */
export interface HostSetupState {
  /** 20 bytes as hex; another after each attempt. */
  nonce: string;
  /** What AddNextCertInChain brought: DER as base64, leaf first. */
  chain: string[];
  isComplete: boolean;
}

/** @source protocols B.8 */
export interface ConsentState {
  state: "notStarted" | "requested" | "displayed" | "received" | "inSession";
  /** Six digits on the host's screen; null when none are shown. */
  code: string | null;
  wrongCodes: number;
  /** When the state ends by itself, milliseconds since 1970; null for never. */
  endsAt: number | null;
}

export interface AuditState {
  isEnabled: boolean;
  /** Records as base64, oldest first. */
  records: string[];
  /** Seconds until which the log is locked, since 1970; null when it is not. */
  lockedUntil: number | null;
  /** Whether the lock keeps the device from being unprovisioned, too. */
  isBlocking?: boolean;
  lockHandle: number;
  signing: { privatePem: string; chain: string; lengths: number[]; mechanism: "sha1" | "sha256" | "sha384" } | null;
}

/** @source protocols B.3: on, sleep, hibernate, off by hardware, off by software */
export type PowerState = 2 | 4 | 6 | 7 | 8;

export interface UserEntry {
  handle: number;
  /** Empty for a Kerberos user. */
  name: string;
  /** Empty for a Kerberos user. */
  ha1: string;
  /** Security identifier of a Kerberos user as base64; absent for a digest user. */
  sid?: string;
  access: number;
  realms: number[];
  isEnabled: boolean;
}

export interface StoredKey {
  readonly handle: number;
  readonly privatePem: string;
}

export interface StoredCertificate {
  readonly handle: number;
  /** DER as base64. */
  readonly der: string;
  readonly isTrustedRoot: boolean;
}

export interface TlsSettings {
  enabled: boolean;
  mutual: boolean;
  acceptsPlain: boolean;
  trustedNames: string[];
  /** Whose certificates a manager said it would look at; the serial number as base64. Firmware keeps it and no more. UNVERIFIED */
  issuer?: { name?: string; serial?: string };
}

/** The clock of firmware that nobody has set starts here. @source protocols B.10 */
const unsetClock = Date.UTC(2004, 0, 1);

/** A device as it leaves the factory. @param random 16 bytes for the digest realm @param nowMs the world's time */
export function factoryState(random: Uint8Array, nowMs: number): FirmwareState {
  const closed = (): TlsSettings => ({ enabled: false, mutual: false, acceptsPlain: false, trustedNames: [] });
  return {
    version: 1,
    mode: "pre",
    digestRealm: `Digest:${Buffer.from(random).toString("hex").toUpperCase()}`,
    adminHa1: null,
    adminName: "admin",
    isMebxPasswordSet: false,
    mebxPassword: "admin",
    psk: null,
    localPassword: derived(random, "local account").slice(0, 24),
    oneTimePassword: null,
    hostSetup: { nonce: derived(random, "nonce").slice(0, 40), chain: [], isComplete: false },
    users: [],
    hostName: "",
    domainName: "",
    keys: [],
    certificates: [],
    tlsCertificate: null,
    tls: { network: closed(), local: { ...closed(), acceptsPlain: true } },
    activeTls: closed(),
    isWebPageOpen: true,
    clockOffsetMs: unsetClock - nowMs,
    isClockSet: false,
    localTimeSync: "defaultTrue",
    powerState: 2,
    bootCount: 1,
    boot: { settings: {}, source: null, isNext: false, parameters: [] },
    lastBoot: { from: 5, isRemote: false, source: null, options: {} },
    eraseStatus: [2, 0],
    hasSystem: true,
    controlMode: "admin",
    log: [],
    isLogFrozen: false,
    stored: {},
    redirection: { sol: true, ider: true, kvm: true },
    powerScheme: 1,
    consent: { state: "notStarted", code: null, wrongCodes: 0, endsAt: null },
    screen: { isBlank: false, mayBlank: false, rebootsLeft: 0 },
    wifiPort: "disabled",
    userInitiated: "biosAndOs",
    linkHolder: "host",
    isVpnRouted: false,
    defenseTimeouts: {},
    defenseReadAt: nowMs,
    defenseCounts: {},
    defenseShown: {},
    bootService: "enabled",
    osPowerSaving: 2,
    provisioned: null,
    audit: { isEnabled: true, records: [], lockedUntil: null, lockHandle: 0, signing: null },
    isCredentialCacheOn: false,
    hello: { startedAt: null, sent: 0 },
    selfSigned: null,
  };
}

function derived(random: Uint8Array, purpose: string): string {
  return createHash("sha256").update(random).update(purpose).digest("hex");
}
