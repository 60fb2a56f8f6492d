import { adminPassword } from "./admin-password.ts";
import { clock } from "./clock.ts";
import { commit } from "./commit.ts";
import { hostName } from "./host-name.ts";
import { identify } from "./identify.ts";
import { inventory } from "./inventory.ts";
import { mebxPassword } from "./mebx-password.ts";
import type { Step } from "./step.ts";
import { tlsCertificate } from "./tls-certificate.ts";
import { tlsSettings } from "./tls-settings.ts";
import { verify } from "./verify.ts";
import { webPage } from "./web-page.ts";

/** What is done while the device is in setup, in order; each needs only steps before it. */
export const untilCommit: readonly Step[] = [
  identify,
  mebxPassword,
  adminPassword,
  clock,
  hostName,
  tlsCertificate,
  tlsSettings,
  webPage,
  commit,
];

/** What is done over the new way in. */
export const afterCommit: readonly Step[] = [verify, inventory];
