import type { DefensePort, StoredDefensePolicy } from "@vigil/amt-client/capabilities/system-defense.ts";
import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Devices, IsolationNote } from "../devices/devices.ts";
import { fail } from "./errors.ts";
import {
  allowedInWords,
  isOwnFilter,
  isOwnPolicy,
  policyNames,
  precedence,
  rulesOf,
  type IsolationWish,
} from "./isolation.ts";

export type { IsolationWish } from "./isolation.ts";

export interface IsolationsDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Who wants it, and why. */
export interface Person {
  readonly actor: string;
  readonly reason: string;
}

type EndpointReference = StoredDefensePolicy["reference"];

/** What the device has of System Defense. */
interface Found {
  readonly policies: readonly StoredDefensePolicy[];
  readonly ports: readonly { readonly port: DefensePort["port"]; readonly policy: StoredDefensePolicy | undefined }[];
}

/**
 * Machines that are cut off from the network by their firmware, which stays reachable itself.
 *
 * A machine's note goes none -> wanted -> on -> releasing -> none. "wanted" and "releasing" are written before the device is told; whoever finds them after
 * a crash does the same again, which looks first and writes what is missing.
 */
export class Isolations {
  readonly #deps: IsolationsDeps;

  constructor(deps: IsolationsDeps) {
    this.#deps = deps;
  }

  /** @returns what is so now, in words @throws isolations.* (device), amt.* */
  isolate(device: string, wish: IsolationWish, by: Person, signal: AbortSignal): Promise<string> {
    const { devices } = this.#deps;
    return devices.using(device, { signal }, async (open) => {
      const calls = { signal };
      const { controlMode, isolation: known } = await devices.get(device);
      // In client mode there is none. @source protocols B.1 "CCM restrictions"
      if (controlMode === "client") throw fail("isolations.unsupported", { details: { device, controlMode } });
      const found = await unlessUnsupported(device, () => readAll(open, calls));
      const handles = await open.systemDefense.filters(calls);
      const rules = rulesOf(wish);
      const wanted = new Set(rules.map(({ name }) => name));
      const nameOf = new Map(handles.map(({ handle, name }) => [handle, name]));
      const isWanted = (policy: StoredDefensePolicy | undefined): policy is StoredDefensePolicy =>
        policy !== undefined && isOwnPolicy(policy) && holdsAll(policy, wanted, nameOf);
      if (found.ports.every(({ policy }) => isWanted(policy))) {
        if (known?.state !== "on")
          await this.#note(device, by, noteOf(wish, by, this.#now(), known, {}, "on"), "isolated");
        return `Was isolated already; passes: ${allowedInWords(wish)}`;
      }
      const slot =
        found.policies.find(isWanted)?.name ?? policyNames.find((one) => !isInForce(found, one)) ?? policyNames[0];
      await checkRoom(open, { found, handles, wanted, device }, calls);
      const note = noteOf(wish, by, this.#now(), known, beforeIn(found), "wanted");
      await this.#note(device, by, note, "isolating");
      const policy = await madeReady(open, { found, handles, rules, slot, isWanted }, calls);
      for (const { port } of found.ports) await open.systemDefense.enforceOn(port, policy, calls);
      const now = await readAll(open, calls);
      refuseAny(now, (one) => one?.name !== slot, device);
      await tidy(open, wanted, calls, slot);
      await this.#note(device, by, { ...note, state: "on" }, "isolated");
      return `Isolated; passes: ${allowedInWords(wish)}`;
    });
  }

  /** Takes Vigil's policy off, and puts back what was in force before; somebody else's is left alone. @returns what is so now, in words */
  release(device: string, by: Person, signal: AbortSignal): Promise<string> {
    const { devices } = this.#deps;
    return devices.using(device, { signal }, async (open) => {
      const calls = { signal };
      const { isolation: known } = await devices.get(device);
      const found = await unlessUnsupported(device, () => readAll(open, calls));
      if (known === null && !found.policies.some(isOwnPolicy)) return "Was not isolated";
      if (known !== null) await this.#note(device, by, { ...known, state: "releasing" }, "releasing");
      const gone: string[] = [];
      for (const { port, policy } of found.ports) {
        if (policy === undefined || !isOwnPolicy(policy)) continue;
        const name = known?.before[idOf(port)];
        const before = found.policies.find((one) => one.name === name);
        if (name !== undefined && before === undefined) gone.push(name);
        await open.systemDefense.enforceOn(port, before?.reference, calls);
      }
      const now = await readAll(open, calls);
      refuseAny(now, (one) => one !== undefined && isOwnPolicy(one), device);
      await tidy(open, new Set(), calls);
      await this.#note(device, by, null, "released");
      const inForce = now.ports.flatMap(({ policy }) => policy?.name ?? []);
      const back =
        inForce.length === 0 ? "no policy is in force" : `in force again: ${[...new Set(inForce)].join(", ")}`;
      return gone.length === 0 ? `Released; ${back}` : `Released; ${back}; gone meanwhile: ${gone.join(", ")}`;
    });
  }

  async #note(
    device: string,
    { actor, reason }: Person,
    note: IsolationNote | null,
    what: keyof typeof summaries,
  ): Promise<void> {
    const { postgres, devices, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      await devices.noteIsolation(tx, device, note);
      const allowed = note === null ? [] : [...note.addresses, ...(note.allowsDns ? ["DNS"] : [])];
      await audit.write(tx, {
        actor,
        action: `device.${what}`,
        device,
        summary: `${summaries[what]}: ${reason}`,
        details: { reason, allowed },
      });
    });
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

const summaries = {
  isolating: "Isolates the machine from the network",
  isolated: "The machine is isolated from the network",
  releasing: "Releases the machine from isolation",
  released: "The machine is on the network again",
} as const;

async function readAll({ systemDefense }: AmtDevice, calls: CallOptions): Promise<Found> {
  const policies = await systemDefense.policies(calls);
  const ports = await systemDefense.ports(calls);
  const at = (reference: EndpointReference | undefined): StoredDefensePolicy | undefined =>
    policies.find((one) => one.reference.selectors["InstanceID"] === reference?.selectors["InstanceID"]);
  return { policies, ports: ports.map(({ port, policy }) => ({ port, policy: at(policy) })) };
}

/** Firmware without the classes of System Defense says that it does not know them. */
async function unlessUnsupported<T>(device: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const isLacking = cause instanceof VigilError && cause.code === "amt.release.lacking";
    throw isLacking ? fail("isolations.unsupported", { cause, details: { device } }) : cause;
  }
}

/** @param isWrong what is not to be in force on any port @throws isolations.not-in-force (device) */
function refuseAny(
  { ports }: Found,
  isWrong: (policy: StoredDefensePolicy | undefined) => boolean,
  device: string,
): void {
  const wrong = ports.find(({ policy }) => isWrong(policy));
  if (wrong === undefined) return;
  const details = { device, port: idOf(wrong.port), inForce: wrong.policy?.name ?? "" };
  throw fail("isolations.not-in-force", { details });
}

/** Whether it lets pass just what is wanted, and drops all else. */
function holdsAll(
  { filterHandles, dropsOtherReceive, dropsOtherTransmit }: StoredDefensePolicy,
  wanted: ReadonlySet<string>,
  nameOf: ReadonlyMap<number, string>,
): boolean {
  if (!dropsOtherReceive || !dropsOtherTransmit || filterHandles.length !== wanted.size) return false;
  return filterHandles.every((handle) => wanted.has(nameOf.get(handle) ?? ""));
}

function isInForce({ ports }: Found, name: string): boolean {
  return ports.some(({ policy }) => policy?.name === name);
}

/** Which policy of others is in force on which port. */
function beforeIn({ ports }: Found): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ports.flatMap(({ port, policy }) =>
      policy === undefined || isOwnPolicy(policy) ? [] : [[idOf(port), policy.name]],
    ),
  );
}

function noteOf(
  { addresses, allowsDns }: IsolationWish,
  { actor, reason }: Person,
  since: string,
  known: IsolationNote | null,
  before: Readonly<Record<string, string>>,
  state: IsolationNote["state"],
): IsolationNote {
  const all = { addresses: [...addresses], allowsDns, state, before: { ...known?.before, ...before } };
  // Whose isolation it is does not change when somebody allows more or less.
  if (known === null || known.state === "releasing") return { ...all, since, by: actor, reason };
  return { ...all, since: known.since, by: known.by, reason: known.reason };
}

/** Looks before anything is written whether the firmware can hold it. @throws isolations.no-room (device) */
async function checkRoom(
  { systemDefense }: AmtDevice,
  what: {
    readonly found: Found;
    readonly handles: readonly { readonly name: string }[];
    readonly wanted: ReadonlySet<string>;
    readonly device: string;
  },
  calls: CallOptions,
): Promise<void> {
  const { found, handles, wanted, device } = what;
  const { policies, filters } = await systemDefense.limits(calls);
  const perDirection = await systemDefense.portLimit(calls);
  const others = found.policies.filter((one) => !isOwnPolicy(one)).length;
  const names = new Set(handles.map(({ name }) => name));
  const missing = [...wanted].filter((name) => !names.has(name)).length;
  const isFull =
    others >= policies || handles.length + missing > filters || wanted.size / 2 > (perDirection ?? wanted.size);
  if (!isFull) return;
  const details = {
    device,
    policies: others,
    mostPolicies: policies,
    filters: handles.length,
    needed: missing,
    mostFilters: filters,
  };
  throw fail("isolations.no-room", { details });
}

/** Makes the policy with its filters, as far as they are not there. */
async function madeReady(
  { systemDefense }: AmtDevice,
  what: {
    readonly found: Found;
    readonly handles: readonly { readonly handle: number; readonly name: string }[];
    readonly rules: ReturnType<typeof rulesOf>;
    readonly slot: string;
    readonly isWanted: (policy: StoredDefensePolicy | undefined) => boolean;
  },
  calls: CallOptions,
): Promise<EndpointReference> {
  const { found, handles, rules, slot, isWanted } = what;
  const old = found.policies.find(({ name }) => name === slot);
  if (old !== undefined && isWanted(old)) return old.reference;
  if (old !== undefined) await systemDefense.removePolicy(old.reference, calls);
  const filterHandles: number[] = [];
  for (const rule of rules) {
    const there = handles.find(({ name }) => name === rule.name)?.handle;
    const made = () =>
      rule.kind === "ethernet" ? systemDefense.addEthernetFilter(rule, calls) : systemDefense.addIpFilter(rule, calls);
    filterHandles.push(there ?? (await made()));
  }
  const drops = { dropsOtherTransmit: true, dropsOtherReceive: true, countsOther: true };
  return systemDefense.addPolicy({ name: slot, precedence, filterHandles, ...drops }, calls);
}

/** Takes away what of Vigil's is not needed any more. */
async function tidy(
  { systemDefense }: AmtDevice,
  wanted: ReadonlySet<string>,
  calls: CallOptions,
  slot?: string,
): Promise<void> {
  for (const one of await systemDefense.policies(calls))
    if (isOwnPolicy(one) && one.name !== slot) await systemDefense.removePolicy(one.reference, calls);
  for (const one of await systemDefense.filters(calls))
    if (isOwnFilter(one) && !wanted.has(one.name)) await systemDefense.removeFilter(one.handle, calls);
}

function idOf({ selectors }: EndpointReference): string {
  return String(selectors["DeviceID"] ?? "");
}
