import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { fail } from "./errors.ts";
import type { Gate, Site } from "./gate.ts";
import { placeFinder, refuseSubnets } from "./subnets.ts";

/** Places with a limit of their own: made, changed and removed by operators. */
export class Sites {
  readonly #deps: { readonly postgres: Postgres; readonly audit: Audit; readonly gate: Gate };

  constructor(deps: { readonly postgres: Postgres; readonly audit: Audit; readonly gate: Gate }) {
    this.#deps = deps;
  }

  /** Each with how its devices stand. */
  list(): ReturnType<Gate["sites"]> {
    return this.#deps.gate.sites();
  }

  /** What says where an address is, as sites are now: placeFinder(). */
  async places(): Promise<(address: string) => string> {
    return placeFinder(await this.list());
  }

  /** Makes a site or changes it. @throws provisioning.site.subnet (caller) */
  async put(site: Site, actor: string): Promise<void> {
    refuseSubnets(site.subnets);
    const { postgres, audit, gate } = this.#deps;
    await postgres.transaction(async (tx) => {
      const before = await gate.site(tx, site.name);
      await gate.put(tx, site);
      const summary = `${before === undefined ? "Made" : "Changed"} the site ${site.name}`;
      const { subnets, mostAtOnce, pauseSeconds, isHeld } = site;
      const details = { subnets: subnets.slice(0, mostNamed), mostAtOnce, pauseSeconds, isHeld };
      await audit.write(tx, { actor, action: "provisioning.site", summary, details });
    });
  }

  /** @throws provisioning.site.unknown (caller) */
  async remove(name: string, actor: string): Promise<void> {
    const { postgres, audit, gate } = this.#deps;
    await postgres.transaction(async (tx) => {
      if (!(await gate.remove(tx, name))) throw fail("provisioning.site.unknown", { details: { site: name } });
      await audit.write(tx, { actor, action: "provisioning.site-removed", summary: `Removed the site ${name}` });
    });
  }
}

/** Subnets named in one audit entry. */
const mostNamed = 20;
