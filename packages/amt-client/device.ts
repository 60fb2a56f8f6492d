import { Accounts } from "./capabilities/accounts.ts";
import { AgentPresence } from "./capabilities/agent-presence.ts";
import { Alarms } from "./capabilities/alarms.ts";
import { AuditLog } from "./capabilities/audit-log.ts";
import { Boot } from "./capabilities/boot.ts";
import { Consent } from "./capabilities/consent.ts";
import { EventLog } from "./capabilities/event-log.ts";
import { Events } from "./capabilities/events.ts";
import { Features } from "./capabilities/features.ts";
import { General } from "./capabilities/general.ts";
import { HostSetup } from "./capabilities/host-setup.ts";
import { InventoryReader } from "./capabilities/inventory.ts";
import { Kerberos } from "./capabilities/kerberos.ts";
import { Network } from "./capabilities/network.ts";
import { Power } from "./capabilities/power.ts";
import { RemoteAccess } from "./capabilities/remote-access.ts";
import { Setup } from "./capabilities/setup.ts";
import { SystemDefense } from "./capabilities/system-defense.ts";
import { Time } from "./capabilities/time.ts";
import { Tls } from "./capabilities/tls.ts";
import { Wifi } from "./capabilities/wifi.ts";
import { Sessions } from "./redirection/sessions.ts";
import { Wsman } from "./wsman/client.ts";
import { Connection, type ConnectionOptions } from "./wsman/connection.ts";

export type { CallOptions } from "./wsman/client.ts";
export type { ConnectionOptions } from "./wsman/connection.ts";
export type { KerberosCredential } from "./kerberos/ticket-login.ts";
export type { DigestCredential } from "./wsman/login.ts";
export type { Write } from "./wsman/writes.ts";

/**
 * A device as its manager sees it. Nothing is dialled before the first request. Requests are put one at a time, in the order
 * of the calls. Close it, or declare it with `await using`.
 */
export function connect(options: ConnectionOptions): AmtDevice {
  return new AmtDevice(options);
}

export class AmtDevice implements AsyncDisposable {
  readonly wsman: Wsman;
  readonly setup: Setup;
  readonly power: Power;
  readonly boot: Boot;
  readonly accounts: Accounts;
  readonly tls: Tls;
  readonly time: Time;
  readonly general: General;
  readonly hostSetup: HostSetup;
  readonly inventory: InventoryReader;
  readonly eventLog: EventLog;
  readonly auditLog: AuditLog;
  readonly consent: Consent;
  readonly features: Features;
  readonly network: Network;
  readonly wifi: Wifi;
  readonly remoteAccess: RemoteAccess;
  readonly alarms: Alarms;
  readonly systemDefense: SystemDefense;
  readonly agentPresence: AgentPresence;
  readonly events: Events;
  readonly kerberos: Kerberos;
  readonly sessions: Sessions;
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    const connection = new Connection(options);
    this.#connection = connection;
    this.wsman = new Wsman(connection);
    this.setup = new Setup(this.wsman);
    this.power = new Power(this.wsman);
    this.boot = new Boot(this.wsman);
    this.accounts = new Accounts(this.wsman);
    this.tls = new Tls(this.wsman);
    this.time = new Time(this.wsman);
    this.general = new General(this.wsman);
    this.hostSetup = new HostSetup(this.wsman);
    this.inventory = new InventoryReader(this.wsman);
    this.eventLog = new EventLog(this.wsman);
    this.auditLog = new AuditLog(this.wsman);
    this.consent = new Consent(this.wsman);
    this.features = new Features(this.wsman);
    this.network = new Network(this.wsman);
    this.wifi = new Wifi(this.wsman);
    this.remoteAccess = new RemoteAccess(this.wsman);
    this.alarms = new Alarms(this.wsman);
    this.systemDefense = new SystemDefense(this.wsman);
    this.agentPresence = new AgentPresence(this.wsman);
    this.events = new Events(this.wsman);
    this.kerberos = new Kerberos(this.wsman);
    this.sessions = new Sessions(options, () => connection.credential, this.consent, this.features);
  }

  /** The firmware release, e.g. "16.1.25.2124"; undefined before the first answer. */
  get release(): string | undefined {
    return this.#connection.release;
  }

  /** The certificate that the device showed last, DER; undefined before the first request and without TLS. */
  peerCertificate(): Uint8Array | undefined {
    return this.#connection.peerCertificate;
  }

  /** Lets go of the connection; the next request dials anew. For when the device is about to change its certificate or ports. */
  hangUp(): void {
    this.#connection.hangUp();
  }

  /** Lets go of the connection for good; requests that wait or are under way fail. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
