import { Accounts } from "./capabilities/accounts.ts";
import { Boot } from "./capabilities/boot.ts";
import { EventLog } from "./capabilities/event-log.ts";
import { General } from "./capabilities/general.ts";
import { InventoryReader } from "./capabilities/inventory.ts";
import { Power } from "./capabilities/power.ts";
import { Setup } from "./capabilities/setup.ts";
import { Time } from "./capabilities/time.ts";
import { Tls } from "./capabilities/tls.ts";
import { Wsman } from "./wsman/client.ts";
import { Connection, type ConnectionOptions } from "./wsman/connection.ts";

export type { CallOptions } from "./wsman/client.ts";
export type { ConnectionOptions } from "./wsman/connection.ts";
export type { DigestCredential } from "./wsman/login.ts";

/**
 * A device as its manager sees it. Nothing is dialled before the first request. Requests are put one at a time, in the order
 * of the calls. Close it, or declare it with `await using`.
 */
export function connect(options: ConnectionOptions): AmtDevice {
  return new AmtDevice(new Connection(options));
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
  readonly inventory: InventoryReader;
  readonly eventLog: EventLog;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.wsman = new Wsman(connection);
    this.setup = new Setup(this.wsman);
    this.power = new Power(this.wsman);
    this.boot = new Boot(this.wsman);
    this.accounts = new Accounts(this.wsman);
    this.tls = new Tls(this.wsman);
    this.time = new Time(this.wsman);
    this.general = new General(this.wsman);
    this.inventory = new InventoryReader(this.wsman);
    this.eventLog = new EventLog(this.wsman);
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
