/** Methods that leave the device as it is; an iteration's place in a log moves, and no more. @source class catalogue */
const reading =
  /^(Get[A-Z]|ReadRecords$|Enumerate[A-Z]|PositionTo|PositionAt|CancelIteration$|AMTAuthenticate$|ExportAuditLog)/;

/** What a change may do that nobody wants by accident. Those of one name do the same in every class. */
const warnings: Readonly<Record<string, string>> = {
  AdminSetup: "Sets the device up with a password that this server does not know: it loses the device",
  AssertShutdown: "Tells the device that an agent has ended, which may start what its policy says",
  ChangeBootOrder: "Changes what the machine starts from next time",
  ClearLog: "Removes every entry of the log for good",
  CommitChanges: "Ends setup mode: what is not set by then stays as it is",
  DeleteAllITProfiles: "Removes every wireless profile: a machine on wireless loses its connection",
  DeleteAllUserProfiles: "Removes every wireless profile of the user",
  DisableClientControlMode: "Takes the device out of management: this server loses it",
  EnableVpnRouting: "Changes where the device is reachable from",
  PartialUnprovision: "Takes the device out of management: this server loses it",
  RemoveUserAclEntry: "Removes an account: whoever uses it is shut out",
  RequestOSPowerSavingStateChange: "Changes the power state of the running operating system",
  RequestPowerStateChange: "Switches the machine's power at once: unsaved work may be lost",
  ResetCRLList: "Removes every revocation list",
  SetAdminAclEntryEx: "Changes the password that this server signs in with, without its knowing: it loses the device",
  SetBootConfigRole: "Changes what the machine starts from next time",
  SetMEBxPassword: "Changes the password of the machine's own setup menu",
  Setup: "Sets the device up with a password that this server does not know: it loses the device",
  TerminateSession: "Ends somebody's session at once",
  Unprovision: "Takes the device out of management: this server loses it",
};

/** Whether a method changes the device, and what to think of first. */
export function effectOf(method: string): { readonly effect: "read" | "change"; readonly warning?: string } {
  const warning = Object.hasOwn(warnings, method) ? warnings[method] : undefined;
  return { effect: reading.test(method) ? "read" : "change", ...(warning === undefined ? {} : { warning }) };
}

/** Every method that has a warning. */
export function warnedMethods(): readonly string[] {
  return Object.keys(warnings);
}
