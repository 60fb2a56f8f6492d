import type { Sealed } from "../credentials/credentials.ts";
import type { Profiles } from "../profiles/profiles.ts";

/** What a profile with one password for all devices says; undefined where each has its own. @throws profiles.secret.missing (caller) */
export async function fixedPassword(
  { profiles }: { readonly profiles: Profiles },
  name: string | null,
): Promise<Sealed<string> | undefined> {
  const profile = await profiles.named(name);
  if (profile.adminPassword.kind === "random") return undefined;
  return (await profiles.secret(profile.name, "admin-password")).value;
}
