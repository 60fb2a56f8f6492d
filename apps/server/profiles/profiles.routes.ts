import { profiles as routes, type Profile, type ProfileVersion } from "@vigil/api/resources/profiles.ts";
import { bind, type RouteBinding } from "../http.ts";
import { refusalsOfFleet, remarksOn, type FleetKind, type Profiles, type VersionRow } from "./profiles.ts";

/** What the registry of devices knows of profiles; compose.ts brings it. */
export interface ProfileContext {
  /** By profile: how many devices it is for, and how many of them have each version. */
  devicesOf(): Promise<
    readonly { readonly profile: string; readonly version: number | null; readonly count: number }[]
  >;
  /** How many assignment rules and entries give it. */
  usesOf(profile: string): Promise<number>;
  /** The devices that a profile is for, counted by what they can have. */
  kindsOf(profile: string): Promise<readonly FleetKind[]>;
}

export function profilesRoutes(profiles: Profiles, context: ProfileContext): readonly RouteBinding[] {
  const show = async (name: string): Promise<Profile> => {
    const [one] = await shown([await profiles.get(name)]);
    if (one === undefined) throw new Error("one row gives one profile");
    return one;
  };
  const shown = async (rows: readonly VersionRow[]): Promise<Profile[]> => {
    const counts = await context.devicesOf();
    return Promise.all(rows.map(async (row) => profileOf(row, counts, await profiles.secretsIn(row))));
  };
  return [
    bind(routes.list, async () => ({ items: await shown(await profiles.list()) })),
    bind(routes.show, ({ params }) => show(params.name)),
    bind(routes.versions, async ({ params }) => ({ items: (await profiles.versions(params.name)).map(versionOf) })),
    bind(routes.diff, async ({ params, query }) => ({
      changes: await profiles.diff(params.name, query.from, query.to),
    })),
    bind(routes.check, async ({ body: { settings, release, controlMode, devicesOf } }) => {
      const remarks = remarksOn(settings, release, controlMode);
      const ofFleet = devicesOf === undefined ? [] : refusalsOfFleet(settings, await context.kindsOf(devicesOf));
      return { remarks: [...remarks, ...ofFleet] };
    }),
    bind(routes.create, async ({ body, caller }) => {
      await profiles.create(caller.actor, body);
      return show(body.name);
    }),
    bind(routes.change, async ({ params, body, caller }) => {
      await profiles.change(caller.actor, params.name, body);
      return show(params.name);
    }),
    bind(routes.rollBack, async ({ params, body, caller }) => {
      await profiles.rollBack(caller.actor, params.name, body.to, body.note);
      return show(params.name);
    }),
    bind(routes.makeDefault, async ({ params, caller }) => {
      await profiles.makeDefault(caller.actor, params.name);
      return show(params.name);
    }),
    bind(routes.setSecret, async ({ params, body, caller }) => {
      await profiles.setSecret(caller.actor, params.name, body.secret, body.value);
      return show(params.name);
    }),
    bind(routes.remove, async ({ params, caller }) => {
      const { devices } = await show(params.name);
      await profiles.remove(caller.actor, params.name, { devices, uses: await context.usesOf(params.name) });
      return null;
    }),
  ];
}

function profileOf(
  row: VersionRow,
  counts: Awaited<ReturnType<ProfileContext["devicesOf"]>>,
  secrets: Awaited<ReturnType<Profiles["secretsIn"]>>,
): Profile {
  const own = counts.filter(({ profile }) => profile === row.name);
  const sum = (some: typeof own): number => some.reduce((total, { count }) => total + count, 0);
  return {
    ...versionOf(row),
    name: row.name,
    isDefault: row.isDefault,
    devices: sum(own),
    outdated: sum(own.filter(({ version }) => version !== null && version < row.version)),
    remarks: remarksOn(row.settings),
    secrets: secrets.map(({ name, changedAt }) => ({
      name,
      isSet: changedAt !== null,
      changedAt: changedAt?.toISOString() ?? null,
    })),
  };
}

function versionOf({ version, settings, changedAt, changedBy, note }: VersionRow): ProfileVersion {
  return { version, settings, changedAt: changedAt.toISOString(), changedBy, note };
}
