import { accounts } from "./accounts.ts";
import { adminPassword } from "./admin-password.ts";
import { alerts } from "./alerts.ts";
import { auditEvents, auditLog } from "./audit-log.ts";
import { clock } from "./clock.ts";
import { commit } from "./commit.ts";
import { consent } from "./consent.ts";
import { defense } from "./defense.ts";
import { fitsRelease } from "./fits-release.ts";
import { general } from "./general.ts";
import { homeDomains } from "./home-domains.ts";
import { identify } from "./identify.ts";
import { inventory } from "./inventory.ts";
import { kerberos, kerberosKey } from "./kerberos.ts";
import { mebxPassword } from "./mebx-password.ts";
import { names } from "./names.ts";
import { network } from "./network.ts";
import { oneTimePassword } from "./one-time-password.ts";
import { powerPolicy } from "./power-policy.ts";
import { redirection, screen } from "./redirection.ts";
import { remoteAccess } from "./remote-access.ts";
import { revocations } from "./revocations.ts";
import type { Step } from "./step.ts";
import { tlsCertificate } from "./tls-certificate.ts";
import { tlsSettings } from "./tls-settings.ts";
import { authorityRoots, spareRoots, trustedRoots } from "./trusted-roots.ts";
import { unblocked, unprovision } from "./unprovision.ts";
import { verify } from "./verify.ts";
import { webPage } from "./web-page.ts";
import { wifiPort, wifiProfiles, wifiSync } from "./wifi.ts";
import { wired8021x } from "./wired-8021x.ts";

/** What is done while the device is in setup, in order; each needs only steps before it. */
export const untilCommit: readonly Step[] = [
  identify,
  oneTimePassword,
  fitsRelease,
  mebxPassword,
  adminPassword,
  clock,
  general,
  powerPolicy,
  tlsCertificate,
  trustedRoots,
  tlsSettings,
  revocations,
  webPage,
  redirection,
  screen,
  consent,
  network,
  wired8021x,
  wifiProfiles,
  wifiPort,
  wifiSync,
  remoteAccess,
  homeDomains,
  auditLog,
  auditEvents,
  defense,
  alerts,
  kerberos,
  accounts,
  spareRoots,
  commit,
];

/** What proves a device that is as its profile says, without asking all that it is made of. */
export const proof: readonly Step[] = [verify];

/** What is done over the new way in. */
export const afterCommit: readonly Step[] = [verify, inventory];

/** The same for a device that is to bear another name. */
export const renaming: readonly Step[] = [
  identify,
  clock,
  names,
  tlsCertificate,
  authorityRoots,
  tlsSettings,
  revocations,
  kerberos,
  commit,
];

/** What a device needs from time to time whatever its profile says: the right time, a certificate that is good for a while, a key that is not old. */
export const upkeep: readonly Step[] = [
  identify,
  clock,
  tlsCertificate,
  authorityRoots,
  tlsSettings,
  revocations,
  commit,
  kerberosKey,
];

/** How a device leaves. Whether it has is seen at another meeting. @param tell as `unprovision` takes it */
export function leaving(kind: "partial" | "full", tell: () => Promise<void>): readonly Step[] {
  return [identify, unblocked, unprovision(kind, tell)];
}
