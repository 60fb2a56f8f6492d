import type { Profile as ProfileReply } from "@vigil/api/resources/profiles.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { hostNameFor, type Profile } from "./profile.ts";
import { ProfilesStore } from "./profiles.store.ts";

export { hostNameFor, type Profile };

/** Desired configurations. There is one so far. */
export class Profiles {
  readonly #store: ProfilesStore;

  constructor(postgres: Postgres) {
    this.#store = new ProfilesStore(postgres);
  }

  /** Makes the default profile where there is none. */
  async prepare(domainName: string): Promise<void> {
    const settings = { hostNameRule: "amt-{uuid8}", domainName, isPlainPortOpen: false, isWebPageOpen: false };
    await this.#store.insertDefault("Default", settings);
  }

  /** The profile that applies to a device. */
  async forDevice(_uuid: string, tx?: Tx): Promise<Profile> {
    const rows = await this.#store.list(tx);
    const row = rows.find((one) => one.is_default);
    if (row === undefined) throw new Error("there is no default profile");
    return { name: row.name, version: row.version, ...row.settings };
  }

  async list(): Promise<ProfileReply[]> {
    const rows = await this.#store.list();
    return rows.map(({ name, version, is_default, settings }) => ({
      name,
      version,
      isDefault: is_default,
      ...settings,
      adminPassword: "random per device",
      tls: "server",
    }));
  }
}
