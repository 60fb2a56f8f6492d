import { lookup } from "node:dns/promises";
import { VigilError } from "@vigil/base/errors.ts";
import { adminUser, loginWith } from "../credentials/credentials.ts";
import { fail as failDevices } from "../errors.ts";
import { fail } from "./errors.ts";
import type { OpenVisit, VisitsDeps } from "./visit.ts";
import { openWay } from "./way.ts";

/**
 * Takes a visited device into the registry as one that is set up: its password becomes the runtime credential, proved by a login a moment before. Vigil
 * trusts over TLS only what it issued itself, so the device is known by its plain port at first; applying its profile gives it TLS.
 * @returns its uuid @throws visits.adopt.known, .account, .mode, .no-plain-port (caller), devices.state.wrong for a retired one
 */
export async function adopt(
  deps: VisitsDeps,
  { way, username, password, actor }: OpenVisit,
  reason: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { postgres, devices, credentials, assignments, audit, clock, dialerTo } = deps;
  if (username !== adminUser) throw fail("visits.adopt.account", { details: { username } });
  const plain = { host: way.host, fingerprint: undefined };
  const login = loginWith(username, password.open("log in"));
  await using device = openWay(dialerTo(way.host), plain, login, { clock, signal });
  const uuid = await device.setup.uuid().catch((cause: unknown) => {
    const isClosed = cause instanceof VigilError && /^amt\.connect\.(refused|reset|timeout)$/.test(cause.code);
    throw isClosed ? fail("visits.adopt.no-plain-port", { details: { host: way.host }, cause }) : cause;
  });
  const { controlMode, release, state } = await device.setup.readState();
  if (controlMode === "none") throw fail("visits.adopt.mode", { details: { host: way.host, state } });
  const { hostName } = await device.general.read();
  const { power } = await device.power.state();
  const { model, manufacturer, serialNumber, bios } = await device.inventory.read();
  const { address } = await lookup(way.host);
  const at = new Date(clock.now());
  await postgres.transaction(async (tx) => {
    const known = await devices.lookUp(uuid, tx);
    if (known?.state === "provisioned") throw fail("visits.adopt.known", { details: { device: uuid } });
    if (known?.state === "retired") {
      throw failDevices("devices.state.wrong", { details: { device: uuid, state: "retired", needed: "readmitted" } });
    }
    await devices.sighted(tx, { uuid, address, at });
    const { profile } = await assignments.likely(uuid, address, tx);
    await devices.setState(tx, uuid, { state: "provisioning" }, actor);
    await devices.noteFacts(tx, uuid, {
      address,
      release,
      controlMode,
      channel: "plain",
      profile: profile.name,
      model,
      manufacturer,
      serialNumber,
      biosVersion: bios.version,
      inventoryAt: at,
      ...(hostName === "" ? {} : { hostName }),
    });
    await credentials.forget(tx, uuid, "admin-password");
    await credentials.nextSecret(tx, uuid, "admin-password", password);
    await credentials.applied(tx, uuid, "admin-password");
    await credentials.confirm(tx, uuid, "admin-password");
    await devices.provisioned(tx, uuid);
    await devices.notePower(uuid, power, tx);
    const summary = `Adopted it from ${way.host}, with the password that was given for the visit`;
    const details = { host: way.host, ...(reason === undefined ? {} : { reason }) };
    await audit.write(tx, { actor, action: "device.adopted", device: uuid, summary, details });
  });
  return uuid;
}
