import type { Migration } from "kysely/migration";
import { access } from "./0001-access.ts";
import { audit } from "./0002-audit.ts";
import { devices } from "./0003-devices.ts";
import { credentials } from "./0004-credentials.ts";
import { collections } from "./0005-collections.ts";
import { profiles } from "./0006-profiles.ts";
import { provisioning } from "./0007-provisioning.ts";
import { jobs } from "./0008-jobs.ts";
import { profileVersions } from "./0009-profile-versions.ts";
import { drift } from "./0010-drift.ts";
import { channel } from "./0011-channel.ts";
import { setupKnowledge } from "./0012-setup-knowledge.ts";
import { lanes } from "./0013-lanes.ts";
import { setupMethods } from "./0014-setup-methods.ts";
import { maintenance } from "./0015-maintenance.ts";
import { accountSecrets } from "./0016-account-secrets.ts";
import { mutualTls } from "./0017-mutual-tls.ts";
import { assignments } from "./0018-assignments.ts";
import { directories } from "./0019-directories.ts";
import { authorities } from "./0020-authorities.ts";
import { lifeCycle } from "./0021-life-cycle.ts";
import { provisioningSeen } from "./0022-provisioning-seen.ts";
import { filters } from "./0023-filters.ts";
import { sessions } from "./0024-sessions.ts";
import { boots } from "./0025-boots.ts";
import { auditChain } from "./0026-audit-chain.ts";
import { readings } from "./0027-readings.ts";
import { runSteps } from "./0028-run-steps.ts";
import { namedJobs } from "./0030-named-jobs.ts";
import { deviceList } from "./0031-device-list.ts";
import { schedules } from "./0032-schedules.ts";
import { policies } from "./0034-policies.ts";
import { putBack } from "./0035-put-back.ts";
import { imageRuns } from "./0036-image-runs.ts";

/** Every migration of the server, by its name, in order. They go forward only. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-access": access,
  "0002-audit": audit,
  "0003-devices": devices,
  "0004-credentials": credentials,
  "0005-collections": collections,
  "0006-profiles": profiles,
  "0007-provisioning": provisioning,
  "0008-jobs": jobs,
  "0009-profile-versions": profileVersions,
  "0010-drift": drift,
  "0011-channel": channel,
  "0012-setup-knowledge": setupKnowledge,
  "0013-lanes": lanes,
  "0014-setup-methods": setupMethods,
  "0015-maintenance": maintenance,
  "0016-account-secrets": accountSecrets,
  "0017-mutual-tls": mutualTls,
  "0018-assignments": assignments,
  "0019-directories": directories,
  "0020-authorities": authorities,
  "0021-life-cycle": lifeCycle,
  "0022-provisioning-seen": provisioningSeen,
  "0023-filters": filters,
  "0024-sessions": sessions,
  "0025-boots": boots,
  "0026-audit-chain": auditChain,
  "0027-readings": readings,
  "0028-run-steps": runSteps,
  "0030-named-jobs": namedJobs,
  "0031-device-list": deviceList,
  "0032-schedules": schedules,
  "0034-policies": policies,
  "0035-put-back": putBack,
  "0036-image-runs": imageRuns,
};
