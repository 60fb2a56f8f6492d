import { passwordDigest } from "@vigil/amt-client/password-digest.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { adminUser, type Credentials } from "../credentials/credentials.ts";
import type { Devices, Enrolled, Facts } from "../devices/devices.ts";
import { hostNameFor, type Profile, type Profiles } from "../profiles/profiles.ts";
import { channelOf } from "./course.ts";

/** A machine that is to be entered as set up already, with what it has of its own. */
export interface Enrollee {
  readonly uuid: string;
  readonly address: string;
  /** What its digests are made over. */
  readonly digestRealm: string;
  /** Of the key that it keeps; SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly facts: Pick<
    Facts,
    "release" | "model" | "manufacturer" | "serialNumber" | "biosVersion" | "macAddress" | "controlMode"
  >;
}

/** What has to be put into it, so that it is as the server believes it to be. */
export interface Enrolment {
  readonly uuid: string;
  readonly hostName: string;
  readonly domainName: string;
  /** MD5(admin:realm:password), as firmware keeps it: the password itself does not leave. */
  readonly adminHa1: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** What goes along with it, DER, the nearest first. */
  readonly issuers: readonly Uint8Array[];
}

interface EnrolmentDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly profiles: Profiles;
  readonly audit: Audit;
  readonly clock: Clock;
}

/**
 * Enters devices as set up by the default profile, without having met them: a password, sealed like all others, a certificate over each one's key,
 * and a row in the registry, in one transaction. Rules are not asked: they are when a device is looked after.
 * Idempotent: a device that was entered before gets the same password again, so what was lost on the way to it can be asked for again.
 * @param all a few hundred at a time
 * @returns one for each that was entered; a device that is known in another state than provisioned is left alone, and left out
 */
export async function enrol(deps: EnrolmentDeps, all: readonly Enrollee[]): Promise<Enrolment[]> {
  const { postgres, devices, credentials, profiles, audit } = deps;
  const profile = await profiles.named(null);
  const { domainName } = profile.general;
  const named = all.map((one) => ({ ...one, hostName: hostNameOf(profile, one) }));
  // Before the transaction: signing takes milliseconds for each, and nobody else writes meanwhile.
  const { signed, issuers } = await credentials.issued.signAll(
    named.map(({ publicKey, uuid, hostName, address }) => ({
      publicKey,
      names: { uuid, hostName, domainName, address },
    })),
  );
  return postgres.transaction(async (tx) => {
    const ids = await devices.enrollable(
      tx,
      all.map(({ uuid }) => uuid),
    );
    if (ids.length === 0) return [];
    const entered = new Set(ids);
    const noted = signed.filter(({ row }) => entered.has(row.device));
    await credentials.issued.noteAll(tx, noted);
    const certificates = new Map(noted.map(({ row, certificate }) => [row.device, certificate]));
    const passwords = await credentials.enrolled.passwordsFor(tx, ids);
    const enrolments: Enrolment[] = [];
    const rows: Enrolled[] = [];
    for (const { uuid, address, digestRealm, facts, hostName } of named) {
      const password = passwords.get(uuid);
      const certificate = certificates.get(uuid);
      if (password === undefined || certificate === undefined) continue;
      const adminHa1 = passwordDigest(adminUser, digestRealm, password.open("set on the device"));
      const { der, subject, fingerprint, expiresAt } = certificate;
      enrolments.push({ uuid, hostName, domainName, adminHa1, certificate: der, issuers });
      const shown = { subject, fingerprint, expiresAt: expiresAt.toISOString() };
      rows.push({ uuid, address, facts: { ...facts, ...appliedTo(deps, profile), hostName, certificate: shown } });
    }
    await devices.enrolled(tx, rows);
    const summary = `Entered ${rows.length} devices as set up already`;
    await audit.write(tx, { actor: "vigil", action: "devices.enrolled", summary, details: { devices: rows.length } });
    return enrolments;
  });
}

function hostNameOf(profile: Profile, { uuid, facts }: Enrollee): string {
  return hostNameFor(profile, { uuid, serialNumber: facts.serialNumber ?? null });
}

function appliedTo({ clock }: EnrolmentDeps, profile: Profile): Facts {
  const at = new Date(clock.now());
  return {
    profile: profile.name,
    profileVersion: profile.version,
    profileAppliedAt: at,
    maintainedAt: at,
    inventoryAt: at,
    channel: channelOf(profile),
  };
}
