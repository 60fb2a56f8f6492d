/** What a profile says, beside its name. */
export interface ProfileSettings {
  /** `{uuid8}` stands for the first eight digits of the uuid. */
  readonly hostNameRule: string;
  readonly domainName: string;
  readonly isPlainPortOpen: boolean;
  readonly isWebPageOpen: boolean;
}

/** A profile, as provisioning reads it. */
export interface Profile extends ProfileSettings {
  readonly name: string;
  readonly version: number;
}

/** The host name that the profile gives to that device. */
export function hostNameFor(profile: ProfileSettings, uuid: string): string {
  return profile.hostNameRule.replaceAll("{uuid8}", uuid.slice(0, 8));
}
