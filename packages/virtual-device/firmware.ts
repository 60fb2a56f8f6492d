import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import type { RootHash } from "@vigil/wire/hello.ts";
import type { Caller } from "./caller.ts";
import { Alarms } from "./firmware/alarms.ts";
import { AuditLog, type Initiator } from "./firmware/audit-log.ts";
import type { AuditEventName } from "./firmware/audit-record.ts";
import { Consent } from "./firmware/consent.ts";
import { Defense } from "./firmware/defense.ts";
import { encodeRecord, loginsFailed, type EventRecord } from "./firmware/event-record.ts";
import { HostPower } from "./firmware/host-power.ts";
import { isScreenPortOn } from "./firmware/kvm-settings.ts";
import { mannersOf, type Manners } from "./firmware/generation.ts";
import { Machine } from "./host/machine.ts";
import { Sessions } from "./firmware/sessions.ts";
import { Watchdogs } from "./firmware/watchdogs.ts";
import { checkClientChain } from "./firmware/client-chain.ts";
import { checkSetupChain, type ChainVerdict } from "./firmware/setup-chain.ts";
import { selfSignedCertificate } from "./firmware/setup-certificate.ts";
import { factoryState, type FirmwareState } from "./firmware/state.ts";
import { EnumerationContexts } from "./firmware/enumeration-contexts.ts";
import type { Account } from "./kerberos/logon-info.ts";
import type { Identity } from "./identity.ts";

export type { Caller } from "./caller.ts";

/** Where a device takes its key pairs from. A fleet shares one pool: two of its devices can hold the same key. */
export interface KeySource {
  /** PKCS#8 PEM of an RSA-2048 key. */
  next(): string;
}

export interface FirmwareOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly keys: KeySource;
  /** Random bytes; a test gives its own. */
  readonly random: (bytes: number) => Uint8Array;
  /** Active root hashes, lower-case hex of SHA-1, SHA-256 or SHA-384, factory ones first. */
  readonly trustedRootHashes: readonly string[];
  /** DHCP option 15 of the device's network. */
  readonly domainSuffix: string;
  /** How long the host takes from off to running, milliseconds. */
  readonly powerDelayMs: number;
  /**
   * Who a Kerberos user is, e.g. "alice@EXAMPLE.TEST", when the ticket does not say it: only Active Directory's tickets do. Firmware has no
   * such thing; it lets a KDC of MIT stand in for Active Directory. UNVERIFIED
   */
  readonly accountOf?: (principal: string) => Account | undefined;
  /** What the flash held; absent in a new device. */
  readonly saved?: FirmwareState;
}

/** A method that was called, as its behavior saw it. */
export interface MethodCall {
  readonly class: string;
  readonly method: string;
  readonly input: object;
  readonly output: object;
}

/** Something that subscribers are told. */
export interface Alert {
  /** e.g. "iAMT0057". @source protocols B.17 */
  readonly messageId: string;
  /** The event's own number, as text. */
  readonly argument: string;
}

export interface TlsMaterial {
  /** Changes whenever certificate or key do. */
  readonly version: string;
  /** Leaf first. */
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Whom the host's own software logs in as, and nobody else. @source protocols F.3 */
export const localUser = "$$OsAdmin";

const mostRecords = 390;
/** Redirection follows the ports of WS-Management: plain, TLS. UNVERIFIED */
const redirectionTwins: Readonly<Record<number, number>> = { 16_994: 16_992, 16_995: 16_993 };
const helloWindowMs = 24 * 3_600_000;
/** Bad logins in a row until an entry is written. @source protocols A.3 */
const loginsPerRecord = 3;

/**
 * One AMT: its flash, its clock, its host's power.
 *
 * States: pre (factory) -> in (a hello was sent) -> post (CommitChanges) -> pre (Unprovision). In pre and in the device
 * listens on 16992 and 16993, shows a self-signed certificate and lets itself be changed only by a manager that proved itself with
 * a setup certificate. In post the ports are as AMT_TLSSettingData says. Every change of the flash is told to the listeners
 * before the answer that reports it leaves.
 */
export class Firmware {
  readonly identity: Identity;
  readonly manners: Manners;
  readonly clock: Clock;
  readonly keys: KeySource;
  readonly random: (bytes: number) => Uint8Array;
  readonly domainSuffix: string;
  readonly accountOf: (principal: string) => Account | undefined;
  readonly power: HostPower;
  readonly contexts: EnumerationContexts;
  readonly auditLog: AuditLog;
  readonly consent: Consent;
  readonly watchdogs: Watchdogs;
  readonly defense: Defense;
  readonly alarms: Alarms;
  readonly sessions: Sessions;
  readonly machine: Machine;
  /** Whose request is being carried out: what the audit log says of it. */
  initiator: Initiator = { initiator: { kind: "local" }, address: "" };
  /** For who watches the device: how many times each class was told to change, refusals included. No part of the firmware. */
  readonly writes = new Map<string, number>();
  /** For who watches the device: wrong logins since the start. */
  failedLogins = 0;
  readonly #trusted: readonly string[];
  readonly #listeners = new Set<() => void>();
  readonly #subscribers = new Set<(alert: Alert) => void>();
  readonly #witnesses = new Set<(call: MethodCall) => void>();
  readonly #state: FirmwareState;
  /** Something has happened that may not happen unrecorded. */
  #isDenied = false;
  #messages = 0;
  #badLogins = 0;

  constructor(options: FirmwareOptions) {
    this.identity = options.identity;
    this.manners = mannersOf(options.identity.release);
    this.clock = options.clock;
    this.keys = options.keys;
    this.random = options.random;
    this.domainSuffix = options.domainSuffix;
    this.accountOf = options.accountOf ?? (() => undefined);
    this.#trusted = options.trustedRootHashes;
    // A flash that an older program wrote lacks what has been added since.
    this.#state = { ...factoryState(options.random(16), options.clock.now()), ...options.saved };
    this.power = new HostPower(this, options.powerDelayMs);
    this.contexts = new EnumerationContexts(options.clock);
    this.auditLog = new AuditLog(this);
    this.consent = new Consent(this);
    this.watchdogs = new Watchdogs(this);
    this.defense = new Defense(this);
    this.alarms = new Alarms(this);
    this.sessions = new Sessions(this);
    this.machine = new Machine(this);
    this.alarms.settle();
  }

  get uuid(): string {
    return this.identity.uuid;
  }

  /** True for releases that speak TLS alone on the network. */
  get isTlsOnly(): boolean {
    return !this.manners.hasPlainPorts;
  }

  /** e.g. "16.1.25" */
  get release(): string {
    return this.identity.release;
  }

  /** The `Server` header. @source protocols A.2 */
  get serverHeader(): string {
    return `Intel(R) Active Management Technology ${this.identity.release}.${this.identity.build}`;
  }

  get mode(): "pre" | "in" | "post" {
    return this.#state.mode;
  }

  get digestRealm(): string {
    return this.#state.digestRealm;
  }

  get isWebPageOpen(): boolean {
    return this.#state.isWebPageOpen;
  }

  get bootCount(): number {
    return this.#state.bootCount;
  }

  /** The flash. Read it; write it through `change`. */
  get state(): Readonly<FirmwareState> {
    return this.#state;
  }

  /** The device's own time, milliseconds since 1970 UTC. */
  now(): number {
    return this.clock.now() + this.#state.clockOffsetMs;
  }

  noteWrite(className: string): void {
    this.writes.set(className, (this.writes.get(className) ?? 0) + 1);
  }

  /** Writes the flash and tells the listeners. */
  change(write: (state: FirmwareState) => void): void {
    write(this.#state);
    this.alarms.settle();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after every change of the flash, before the answer leaves. @returns cancels it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells subscribers. */
  alert(messageId: string, argument: string): void {
    for (const subscriber of this.#subscribers) subscriber({ messageId, argument });
  }

  /** Calls `subscriber` with every alert. */
  onAlert(subscriber: (alert: Alert) => void): void {
    this.#subscribers.add(subscriber);
  }

  /** Tells witnesses. */
  noteCall(call: MethodCall): void {
    for (const witness of this.#witnesses) witness(call);
  }

  /** Calls `witness` with every method that was called, before the answer leaves. */
  onCall(witness: (call: MethodCall) => void): void {
    this.#witnesses.add(witness);
  }

  /** Whether the device listens on that port: a redirection port as its WS-Management twin, once set up and switched on. */
  isOpen(port: number): boolean {
    const { mode, activeTls } = this.#state;
    if (mode !== "post" && !this.isHelloWindowOpen) return false;
    if (port === 16_992 && this.isTlsOnly) return false;
    if (port === 16_992) return mode !== "post" || !activeTls.enabled || activeTls.acceptsPlain;
    if (port === 16_993) return mode !== "post" || activeTls.enabled || this.isTlsOnly;
    if (port === 5_900) return mode === "post" && isScreenPortOn(this.#state);
    const twin = redirectionTwins[port];
    return twin !== undefined && mode === "post" && this.#isListening && this.isOpen(twin);
  }

  /** The redirection listener's own switch. @source protocols B.7 */
  get #isListening(): boolean {
    const [service] = this.#state.stored["AMT_RedirectionService"] ?? [];
    return service?.children.find((one) => one.name === "ListenerEnabled")?.text !== "false";
  }

  /** What MD5(user:realm:password) may be for that user on that channel; empty when there is no such user. */
  ha1sOf(username: string, caller: Omit<Caller, "username">): readonly string[] {
    const { adminName, adminHa1, digestRealm, users, localPassword } = this.#state;
    if (username === localUser) return caller.channel === "local" ? [ha1(username, digestRealm, localPassword)] : [];
    if (username === adminName) {
      if (adminHa1 !== null) return [adminHa1];
      const factory = ha1(username, digestRealm, "admin");
      // Over TLS the setup certificate has proved the manager already. @source protocols C.6, UNVERIFIED which passwords firmware takes
      return caller.hasSetupCertificate ? [factory, ha1(username, digestRealm, "")] : [factory];
    }
    const user = users.find((one) => one.name === username && one.isEnabled && one.access !== 0);
    return user === undefined ? [] : [user.ha1];
  }

  /** A login failed; every third in a row leaves a record in the event log. */
  noteFailedLogin(): void {
    this.failedLogins += 1;
    this.#badLogins += 1;
    if (this.#badLogins % loginsPerRecord === 0) this.log(loginsFailed(this.#badLogins));
  }

  noteLogin(): void {
    this.#badLogins = 0;
  }

  /** What the TLS port asks its clients for: a setup certificate, one of the manager's own, or none. */
  get wantsCertificate(): "setup" | "mutual" | "none" {
    if (this.#state.mode !== "post") return "setup";
    return this.#state.activeTls.mutual ? "mutual" : "none";
  }

  /** Whether mutual TLS lets this client in. @param chain DER, leaf first */
  acceptsClientChain(chain: readonly Uint8Array[]): ChainVerdict {
    const { certificates, activeTls, stored } = this.#state;
    const revoked = (stored["AMT_CRL"] ?? []).flatMap((list) =>
      list.children.filter((one) => one.name === "SerialNumbers").map((one) => one.text.toLowerCase()),
    );
    const roots = certificates.filter((one) => one.isTrustedRoot).map((one) => Buffer.from(one.der, "base64"));
    return checkClientChain(chain, { roots, trustedNames: activeTls.trustedNames, revoked: new Set(revoked) });
  }

  /** @param chain DER, leaf first */
  acceptsSetupChain(chain: readonly Uint8Array[]): ChainVerdict {
    return checkSetupChain(chain, new Set(this.#trusted), this.domainSuffix, this.identity.release);
  }

  /** What the TLS port shows now. */
  async tlsMaterial(): Promise<TlsMaterial> {
    const bound = this.#state.mode === "post" ? this.#boundMaterial() : undefined;
    if (bound !== undefined) return bound;
    const made = this.#state.selfSigned ?? (await this.#makeSelfSigned());
    return { version: `setup ${this.#state.digestRealm}`, certificatePem: made.certificatePem, keyPem: made.keyPem };
  }

  /** What the hello lists. */
  get helloHashes(): readonly RootHash[] {
    return this.#trusted.map((hash) => ({ algorithm: algorithmOf(hash), hash }));
  }

  /** True for 24 hours after the first hello, or after power came back. @source protocols C.3 */
  get isHelloWindowOpen(): boolean {
    return this.helloWindowLeftMs > 0;
  }

  /** Milliseconds until the device gives up; the whole window before the first hello. */
  get helloWindowLeftMs(): number {
    const { startedAt } = this.#state.hello;
    return startedAt === null ? helloWindowMs : startedAt + helloWindowMs - this.clock.now();
  }

  /** True when no hello of the present window has been sent. */
  get isSilent(): boolean {
    return this.#state.hello.sent === 0;
  }

  /** Power has come back: the hello window begins anew. */
  beginWindow(): void {
    if (this.#state.mode === "post") return;
    this.change((state) => {
      state.hello = { startedAt: null, sent: 0 };
    });
  }

  /** The pre-shared key with which it is set up: without it, and from release 11 on, certificates do that. */
  get setupKey(): { readonly pid: string; readonly pps: string } | undefined {
    const { psk, mode } = this.#state;
    return psk !== null && mode !== "post" && this.manners.hasPsk ? psk : undefined;
  }

  /** Counts a hello that was sent; the first one begins the setup. */
  helloSent(): void {
    this.change((state) => {
      state.hello.startedAt ??= this.clock.now();
      state.hello.sent += 1;
      if (state.mode === "pre") state.mode = "in";
    });
    if (this.#state.hello.sent === 1) this.audit("security.provisioningStarted");
  }

  /** "uuid:00000000-8086-8086-8086-0000000002E4", counted since the device started. @source protocols A.10 */
  nextMessageId(): string {
    this.#messages += 1;
    return `uuid:00000000-8086-8086-8086-${this.#messages.toString(16).toUpperCase().padStart(12, "0")}`;
  }

  /** Writes a record into the event log; the oldest goes when it is full. */
  log(...records: readonly EventRecord[]): void {
    if (this.#state.isLogFrozen) return;
    this.change((state) => {
      for (const record of records) {
        state.log.push(Buffer.from(encodeRecord(record, this.now() / 1000)).toString("base64"));
      }
      state.log.splice(0, state.log.length - mostRecords);
    });
  }

  /** Writes a record into the audit log. @param extended what the event says of itself, at most 255 bytes */
  audit(event: AuditEventName, extended: Uint8Array = new Uint8Array()): void {
    if (this.auditLog.denies(event)) this.#isDenied = true;
    else this.auditLog.record(event, this.initiator, extended);
  }

  /**
   * Carries out a request, and takes it back when it is one that must be recorded and the audit log is full.
   * @returns what it gave; undefined when it was taken back @source protocols B.10 "critical event"
   */
  async audited<T>(perform: () => T | Promise<T>): Promise<T | undefined> {
    if (!this.auditLog.isFull) return perform();
    const before = structuredClone(this.#state);
    this.#isDenied = false;
    const result = await perform();
    if (!this.#isDenied) return result;
    this.change((state) => Object.assign(state, before));
    return undefined;
  }

  /** Whether what takes the machine from its user waits for consent. */
  get lacksConsent(): boolean {
    return this.consent.isMissingFor("machine");
  }

  /** How long a consent code is shown, and how long consent holds until a session begins. */
  consentTimeouts(): { readonly codeMs: number; readonly displayMs: number } {
    const [stored] = this.#state.stored["IPS_OptInService"] ?? [];
    const seconds = (name: string, unset: number): number =>
      Number(stored?.children.find((one) => one.name === name)?.text ?? unset);
    return { codeMs: seconds("OptInCodeTimeout", 120) * 1000, displayMs: seconds("OptInDisplayTimeout", 300) * 1000 };
  }

  /**
   * Back to factory state; the event log and the host's power stay.
   * "setup-data" also keeps what it can be set up again with: the menu's password, the pre-shared key, the DNS suffix and the hashes of the roots
   * (the last two are not flash here). That it keeps its names is UNVERIFIED. It asks to be set up again at once, as it does after the menu's
   * partial unprovisioning; that it does so after the method, too, is UNVERIFIED. @source protocols B.1, C.3 "Window restart"
   * "nothing" closes the network until power comes back or the host opens it. @source protocols B.1; until when is UNVERIFIED
   */
  unprovision(keeps: "setup-data" | "nothing" | "hello-window" = "hello-window"): void {
    const fresh = factoryState(this.random(16), this.clock.now());
    const { log, powerState, bootCount, clockOffsetMs, isClockSet, audit } = this.#state;
    const { isMebxPasswordSet, mebxPassword, psk, hostName, domainName } = this.#state;
    const setupData = { isMebxPasswordSet, mebxPassword, psk, hostName, domainName };
    const closed = { hello: { startedAt: this.clock.now() - helloWindowMs, sent: 1 } };
    this.sessions.stop();
    this.consent.stop();
    this.watchdogs.stop();
    this.change((state) =>
      Object.assign(
        state,
        fresh,
        { log, powerState, bootCount, clockOffsetMs, isClockSet, audit },
        keeps === "setup-data" ? setupData : {},
        keeps === "nothing" ? closed : {},
      ),
    );
  }

  /** The host runs, or it does not any more. */
  hostMoved(isOn: boolean): void {
    if (isOn) this.watchdogs.hostStarted();
    else this.watchdogs.hostStopped();
    if (!isOn) this.machine.stop();
  }

  hostBooted(): void {
    this.machine.booted();
  }

  /** Stops timers. The flash stays as it is. */
  stop(): void {
    this.sessions.stop();
    this.machine.stop();
    this.power.stop();
    this.contexts.clear();
    this.consent.stop();
    this.watchdogs.stop();
    this.alarms.stop();
  }

  #boundMaterial(): TlsMaterial | undefined {
    const { certificates, keys, tlsCertificate } = this.#state;
    const leaf = certificates.find((one) => one.handle === tlsCertificate);
    if (leaf === undefined) return undefined;
    const certificate = certificateOf(leaf.der);
    const key = keys.find((one) => holdsKey(certificate, one.privatePem));
    if (key === undefined) return undefined;
    const chain = [certificate];
    for (;;) {
      const last = chain.at(-1);
      const issuer = certificates
        .map((one) => certificateOf(one.der))
        .find((one) => last !== undefined && one.subject === last.issuer && one.subject !== one.issuer);
      if (issuer === undefined || chain.length >= 4) break;
      chain.push(issuer);
    }
    const version = createHash("sha256").update(leaf.der).digest("hex");
    return { version, certificatePem: chain.map((one) => one.toString()).join(""), keyPem: key.privatePem };
  }

  async #makeSelfSigned(): Promise<{ certificatePem: string; keyPem: string }> {
    const keyPem = this.keys.next();
    const certificatePem = await selfSignedCertificate(this.identity, keyPem, this.random(8));
    // Two connections may have come at once: the first certificate stays.
    const made = this.#state.selfSigned ?? { certificatePem, keyPem };
    this.change((state) => {
      state.selfSigned = made;
    });
    return made;
  }
}

/** By length, as hex. */
function algorithmOf(hash: string): RootHash["algorithm"] {
  return hash.length === 40 ? "sha1" : hash.length === 96 ? "sha384" : "sha256";
}

function certificateOf(base64: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64, "base64"));
}

function holdsKey(certificate: X509Certificate, privatePem: string): boolean {
  return certificate.checkPrivateKey(createPrivateKey(privatePem));
}
