/** Value maps that more than one class uses. A number that a table lacks stays a number. */

/** Whether something is on; vendor values from 32768 differ by class. @source protocols B.0 */
export const enabledStates = {
  unknown: 0,
  other: 1,
  enabled: 2,
  disabled: 3,
  shuttingDown: 4,
  notApplicable: 5,
  enabledButOffline: 6,
  inTest: 7,
  deferred: 8,
  quiesce: 9,
  starting: 10,
} as const;

/** What was asked for last. @source protocols B.0 */
export const requestedStates = {
  unknown: 0,
  enabled: 2,
  disabled: 3,
  shutDown: 4,
  noChange: 5,
  offline: 6,
  test: 7,
  deferred: 8,
  quiesce: 9,
  reboot: 10,
  reset: 11,
  notApplicable: 12,
} as const;

/** What RequestStateChange takes. @source class catalogue {RSC} */
export const requestableStates = {
  enabled: 2,
  disabled: 3,
  shutDown: 4,
  offline: 6,
  test: 7,
  defer: 8,
  quiesce: 9,
  reboot: 10,
  reset: 11,
} as const;

/** @source protocols B.0 */
export const healthStates = {
  unknown: 0,
  ok: 5,
  degraded: 10,
  minorFailure: 15,
  majorFailure: 20,
  criticalFailure: 25,
  nonRecoverable: 30,
} as const;

/** @source protocols B.0 */
export const operationalStatuses = {
  unknown: 0,
  other: 1,
  ok: 2,
  degraded: 3,
  stressed: 4,
  predictiveFailure: 5,
  error: 6,
  nonRecoverable: 7,
  starting: 8,
  stopping: 9,
  stopped: 10,
  inService: 11,
  noContact: 12,
  lostCommunication: 13,
  aborted: 14,
  dormant: 15,
  supportingEntityInError: 16,
  completed: 17,
  powerMode: 18,
  relocating: 19,
} as const;

/** What a user may be allowed to do. @source protocols B.11 */
export const realms = {
  invalid: 0,
  redirection: 2,
  administration: 3,
  hardwareAsset: 4,
  remoteControl: 5,
  storage: 6,
  eventManager: 7,
  storageAdmin: 8,
  agentPresenceLocal: 9,
  agentPresenceRemote: 10,
  circuitBreaker: 11,
  networkTime: 12,
  generalInfo: 13,
  firmwareUpdate: 14,
  externalInterfaceTest: 15,
  localUserNotification: 16,
  endpointAccessControl: 17,
  endpointAccessControlAdmin: 18,
  eventLogReader: 19,
  auditLog: 20,
  accessControl: 21,
  localSystem: 24,
} as const;

/** From where a user may log in. @source protocols B.11 */
export const accessPermissions = { local: 0, network: 1, any: 2 } as const;

/** How an access point is named. @source class catalogue */
export const infoFormats = { ipv4: 3, ipv6: 4, fqdn: 201 } as const;

/** Signature algorithms of certificate requests and of the audit log. @source class catalogue */
export const hashAlgorithms = { sha1: 0, sha256: 1, sha384: 2 } as const;

/** 802.1X. @source protocols B.6 */
export const authenticationProtocols = {
  tls: 0,
  ttlsMschapV2: 1,
  peapMschapV2: 2,
  eapGtc: 3,
  fastMschapV2: 4,
  fastGtc: 5,
  fastTls: 6,
} as const;

/** What a System Defense filter does with a packet that matches. @source protocols B.14 */
export const filterProfiles = { countAndPass: 0, countAndDrop: 1, rateLimit: 2, pass: 3, drop: 4 } as const;

/** @source protocols B.14 */
export const filterDirections = { transmit: 0, receive: 1 } as const;

/** @source protocols B.1; 1 UNVERIFIED */
export const certificateHashTypes = { sha1: 1, sha256: 2, sha384: 3 } as const;

/** What makes a device call home. @source protocols B.13 */
export const sessionTriggers = { userInitiated: 0, alert: 1, periodic: 2, homeProvisioning: 3 } as const;
