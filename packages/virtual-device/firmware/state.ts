/** What a device keeps in its flash: plain JSON, so that it can be saved as it is. */
export interface FirmwareState {
  readonly version: 1;
  mode: "pre" | "in" | "post";
  digestRealm: string;
  /** MD5(admin:realm:password) as hex; null while the password is the factory's. */
  adminHa1: string | null;
  adminName: string;
  isMebxPasswordSet: boolean;
  users: UserEntry[];
  hostName: string;
  domainName: string;
  isPingAnswered: boolean;
  isRmcpAnswered: boolean;
  idleWakeTimeout: number;
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
  powerState: PowerState;
  bootCount: number;
  boot: { settings: Record<string, boolean | number | string>; source: string | null; isNext: boolean };
  /** Records of 21 bytes as base64, oldest first. */
  log: string[];
  isLogFrozen: boolean;
  hello: { startedAt: number | null; sent: number };
  /** The certificate of setup mode, made on first need. */
  selfSigned: { certificatePem: string; keyPem: string } | null;
}

/** @source protocols B.3: on, sleep, hibernate, off by hardware, off by software */
export type PowerState = 2 | 4 | 6 | 7 | 8;

export interface UserEntry {
  handle: number;
  name: string;
  ha1: string;
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
    users: [],
    hostName: "",
    domainName: "",
    isPingAnswered: true,
    isRmcpAnswered: true,
    idleWakeTimeout: 65_535,
    keys: [],
    certificates: [],
    tlsCertificate: null,
    tls: { network: closed(), local: { ...closed(), acceptsPlain: true } },
    activeTls: closed(),
    isWebPageOpen: true,
    clockOffsetMs: unsetClock - nowMs,
    isClockSet: false,
    powerState: 2,
    bootCount: 1,
    boot: { settings: {}, source: null, isNext: false },
    log: [],
    isLogFrozen: false,
    hello: { startedAt: null, sent: 0 },
    selfSigned: null,
  };
}
