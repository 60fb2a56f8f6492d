import { exists } from "@vigil/model/firmware.ts";
import { associationsOf } from "./associations.ts";
import type { Behavior } from "./behavior.ts";
import { accounts } from "./behaviors/accounts.ts";
import { agentPresence } from "./behaviors/agent-presence.ts";
import { alarms } from "./behaviors/alarms.ts";
import { auditLog } from "./behaviors/audit-log.ts";
import { boot } from "./behaviors/boot.ts";
import { consent } from "./behaviors/consent.ts";
import { eventLog } from "./behaviors/event-log.ts";
import { events } from "./behaviors/events.ts";
import { features } from "./behaviors/features.ts";
import { general } from "./behaviors/general.ts";
import { hostSetup } from "./behaviors/host-setup.ts";
import { inventory } from "./behaviors/inventory.ts";
import { kerberos } from "./behaviors/kerberos.ts";
import { network } from "./behaviors/network.ts";
import { power } from "./behaviors/power.ts";
import { remoteAccess } from "./behaviors/remote-access.ts";
import { setup } from "./behaviors/setup.ts";
import { systemDefense } from "./behaviors/system-defense.ts";
import { time } from "./behaviors/time.ts";
import { tls } from "./behaviors/tls.ts";
import { wifi } from "./behaviors/wifi.ts";

const own: readonly Behavior[] = [
  ...accounts,
  ...agentPresence,
  ...alarms,
  ...auditLog,
  ...boot,
  ...consent,
  ...eventLog,
  ...events,
  ...features,
  ...general,
  ...hostSetup,
  ...inventory,
  ...kerberos,
  ...network,
  ...power,
  ...remoteAccess,
  ...setup,
  ...systemDefense,
  ...time,
  ...tls,
  ...wifi,
];
/** What a kind of device does with each of its classes. */
export class Behaviors {
  readonly #all: readonly Behavior[];
  readonly #byUri: ReadonlyMap<string, Behavior>;

  constructor(all: readonly Behavior[]) {
    this.#all = all;
    this.#byUri = new Map(all.map((one) => [one.definition.uri, one]));
  }

  /** What a device of that release does with a class; undefined when it lacks the class. */
  of(uri: string, release: string): Behavior | undefined {
    const found = this.#byUri.get(uri);
    return found !== undefined && exists(found.definition, release) ? found : undefined;
  }

  /** Of a class and of those derived from it: what an enumeration of it gives. */
  under(uri: string, release: string): readonly Behavior[] {
    const name = uri.slice(uri.lastIndexOf("/") + 1);
    return this.all(release).filter((one) => one.definition.uri === uri || one.definition.parents.includes(name));
  }

  /** Of every class that the release has. */
  all(release: string): readonly Behavior[] {
    return this.#all.filter((one) => exists(one.definition, release));
  }
}

/** Those of AMT. */
export const behaviors = new Behaviors([...own, ...associationsOf(own)]);
