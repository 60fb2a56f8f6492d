import type { Profiles } from "../profiles/profiles.ts";

/** The domain of each profile, by name; of the default one for devices without a profile of their own. */
export async function domainsOf(profiles: Profiles): Promise<(profile: string | null) => string> {
  const all = await profiles.list();
  const usual = all.find((one) => one.isDefault)?.settings.general.domainName ?? "";
  const byName = new Map(all.map((one) => [one.name, one.settings.general.domainName]));
  return (profile) => (profile === null ? usual : (byName.get(profile) ?? usual));
}
