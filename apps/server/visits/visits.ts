import { randomUUID } from "node:crypto";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { DeviceLog, Hardware } from "@vigil/api/resources/readings.ts";
import type { ShownCertificate, Sight, Visit, VisitedDevice, VisitPowerAction } from "@vigil/api/resources/visits.ts";
import type { NewAuditEntry } from "../audit/audit.ts";
import { loginWith, oneLine, Sealed } from "../credentials/credentials.ts";
import { readHardware, readLog, type ReadLog } from "../devices/devices.ts";
import { adopt } from "./adoption.ts";
import { fail } from "./errors.ts";
import type { OpenVisit, VisitsDeps } from "./visit.ts";
import { lookAt, openWay, type Way } from "./way.ts";

/** How long a visit lasts when nothing is asked of the device. Chosen: a phone call with the machine's user. */
const idleMs = 15 * 60_000;
/** Visits at once, of everybody. Chosen: each is some hundred bytes, but a login to a device that somebody forgot. */
const mostVisits = 100;

/**
 * Devices that somebody manages by their address, without the registry.
 *
 * A visit: opened by a login that the device has taken -> each question puts its end off -> ended by whoever opened it, by its time, by adoption, or with
 * the server. Only who opened it may use it. The registry learns nothing of it unless the device is adopted; the activity log does.
 */
export class Visits {
  readonly #deps: VisitsDeps;
  readonly #open = new Map<string, OpenVisit>();

  constructor(deps: VisitsDeps) {
    this.#deps = deps;
  }

  /** @throws visits.nothing-there (network) */
  async look(host: string, signal: AbortSignal): Promise<Sight> {
    const { certificate, hasPlain } = await lookAt(this.#deps.dialerTo(host), this.#deps.clock, signal);
    if (certificate === undefined) return { host, certificate: null, hasPlain };
    const { issued } = this.#deps.credentials;
    const shown: ShownCertificate = {
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      fingerprint: certificate.fingerprint256,
      expiresAt: certificate.validToDate.toISOString(),
      isOurs: (await issued.standingOf(new Uint8Array(certificate.raw))) !== "foreign",
    };
    return { host, certificate: shown, hasPlain };
  }

  /** @throws visits.certificate.changed, amt.login.refused (device), visits.too-many (caller), amt.* */
  async open(
    actor: string,
    { host, fingerprint, username, password }: Way & { readonly username: string; readonly password: string },
    signal: AbortSignal,
  ): Promise<Visit> {
    if (this.#open.size >= mostVisits) throw fail("visits.too-many", { details: { most: mostVisits } });
    const { clock, dialerTo } = this.#deps;
    const way: Way = { host, fingerprint };
    await using device = openWay(dialerTo(host), way, loginWith(username, password), { clock, signal });
    const said = await this.#identityOf(device);
    const id = randomUUID();
    const visit: OpenVisit = {
      id,
      actor,
      way,
      username,
      password: new Sealed(() => password),
      openedAt: new Date(clock.now()),
      endsAt: 0,
      device: said,
      endsBy: clock.every(idleMs / 15, () => this.#endIfOver(id)),
      ended: new AbortController(),
    };
    this.#open.set(id, visit);
    this.#putOff(visit);
    await this.#note(visit, { action: "visit.opened", summary: `Opened ${host} by its address, as ${username}` });
    return this.#shown(visit);
  }

  async list(actor: string): Promise<Visit[]> {
    const own = [...this.#open.values()].filter((one) => one.actor === actor);
    return Promise.all(own.map((one) => this.#shown(one)));
  }

  /** @throws visits.unknown (caller); so do all below */
  show(actor: string, id: string): Promise<Visit> {
    return this.#shown(this.#visit(actor, id));
  }

  async refresh(actor: string, id: string, signal: AbortSignal): Promise<Visit> {
    const visit = this.#visit(actor, id);
    visit.device = await this.#using(visit, signal, (device) => this.#identityOf(device));
    return this.#shown(visit);
  }

  readLog(actor: string, id: string, log: DeviceLog, signal: AbortSignal): Promise<ReadLog> {
    return this.#using(this.#visit(actor, id), signal, (device) => readLog(device, log));
  }

  readHardware(actor: string, id: string, signal: AbortSignal): Promise<Hardware> {
    return this.#using(this.#visit(actor, id), signal, readHardware);
  }

  /** Written down before the device is told: whatever comes of it. @throws amt.power.refused, amt.outcome.unknown (device) */
  async power(
    actor: string,
    id: string,
    { action, reason }: { readonly action: VisitPowerAction; readonly reason?: string },
    signal: AbortSignal,
  ): Promise<"done" | "started"> {
    const visit = this.#visit(actor, id);
    const details = { host: visit.way.host, ...(reason === undefined ? {} : { reason }) };
    const summary = `Asked ${visit.way.host}, opened by its address, for power ${action}`;
    await this.#note(visit, { action: "visit.power", summary, details });
    const { result } = await this.#using(visit, signal, (device) => device.power.request(action));
    return result;
  }

  /** Takes the device into the registry, and ends the visit. @throws visits.adopt.* (caller) @returns its uuid */
  async adopt(actor: string, id: string, reason: string | undefined, signal: AbortSignal): Promise<string> {
    const visit = this.#visit(actor, id);
    const uuid = await adopt(this.#deps, visit, reason, signal);
    this.#end(visit);
    return uuid;
  }

  async close(actor: string, id: string): Promise<void> {
    const visit = this.#visit(actor, id);
    this.#end(visit);
    await this.#note(visit, { action: "visit.ended", summary: `Ended the visit to ${visit.way.host}` });
  }

  /** Forgets all passwords. */
  stop(): void {
    for (const one of this.#open.values()) this.#end(one);
  }

  #visit(actor: string, id: string): OpenVisit {
    this.#endIfOver(id);
    const visit = this.#open.get(id);
    if (visit === undefined || visit.actor !== actor) throw fail("visits.unknown", { details: { visit: id } });
    return visit;
  }

  async #using<R>(visit: OpenVisit, caller: AbortSignal, work: (device: AmtDevice) => Promise<R>): Promise<R> {
    this.#putOff(visit);
    const { clock, dialerTo } = this.#deps;
    const { way, username, password, ended } = visit;
    const signal = AbortSignal.any([caller, ended.signal]);
    const login = loginWith(username, password.open("log in"));
    await using device = openWay(dialerTo(way.host), way, login, { clock, signal });
    const result = await work(device);
    this.#putOff(visit);
    return result;
  }

  async #identityOf(device: AmtDevice): Promise<VisitedDevice> {
    const uuid = await device.setup.uuid();
    const { hostName, domainName } = await device.general.read();
    const { release, controlMode } = await device.setup.readState();
    const { power } = await device.power.state();
    const { manufacturer, model, serialNumber } = await device.inventory.read();
    const name = [hostName, domainName].filter((one) => one !== "").join(".");
    const readAt = new Date(this.#deps.clock.now()).toISOString();
    return { uuid, hostName: name, release, controlMode, manufacturer, model, serialNumber, power, readAt };
  }

  async #shown({ id, way, username, openedAt, endsAt, device }: OpenVisit): Promise<Visit> {
    const known = await this.#deps.devices.lookUp(device.uuid);
    return {
      id,
      host: way.host,
      username,
      over: way.fingerprint === undefined ? "plain" : "tls",
      openedAt: openedAt.toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      device,
      isKnown: known !== undefined,
    };
  }

  #putOff(visit: OpenVisit): void {
    visit.endsAt = this.#deps.clock.now() + idleMs;
  }

  #endIfOver(id: string): void {
    const visit = this.#open.get(id);
    if (visit !== undefined && visit.endsAt <= this.#deps.clock.now()) this.#end(visit);
  }

  #end(visit: OpenVisit): void {
    this.#open.delete(visit.id);
    visit.endsBy();
    visit.ended.abort(fail("visits.unknown", { details: { visit: visit.id } }));
  }

  #note(visit: OpenVisit, entry: Omit<NewAuditEntry, "actor" | "device">): Promise<void> {
    const { host } = visit.way;
    const details = { host, uuid: visit.device.uuid, ...entry.details };
    return this.#deps.postgres.transaction((tx) =>
      this.#deps.audit.write(tx, { ...entry, actor: visit.actor, device: visit.device.uuid, details }),
    );
  }
}
