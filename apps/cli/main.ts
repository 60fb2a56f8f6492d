import { Command, CommanderError } from "commander";
import { reportOf } from "@vigil/base/errors.ts";
import { addAssignmentCommands } from "./commands/assignments.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addAuthorityCommands } from "./commands/authorities.ts";
import { addBootCommands } from "./commands/boots.ts";
import { addCertificateCommands } from "./commands/certificates.ts";
import { addCollectionCommands } from "./commands/collections.ts";
import { addConsentCommands } from "./commands/consent.ts";
import { addDeviceCommands } from "./commands/devices.ts";
import { addDirectoryCommands } from "./commands/directories.ts";
import { addDnsCommands } from "./commands/dns.ts";
import { addDeviceReadingCommands } from "./commands/device-readings.ts";
import { addDirectCommands } from "./commands/direct.ts";
import { addImageCommands } from "./commands/images.ts";
import { addJobCommands } from "./commands/jobs.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addLoginCommands } from "./commands/login.ts";
import { addLifeCommands } from "./commands/life.ts";
import { addPolicyCommands } from "./commands/policies.ts";
import { addScheduleCommands } from "./commands/schedules.ts";
import { addPowerCommands } from "./commands/power.ts";
import { addScreenCommands } from "./commands/screen.ts";
import { addSecretCommands } from "./commands/secrets.ts";
import { addProfileCommands } from "./commands/profiles.ts";
import { addProvisioningCommands } from "./commands/provisioning.ts";
import { addReadingCommands } from "./commands/readings.ts";
import { addRunCommands } from "./commands/runs.ts";
import { addSerialCommands } from "./commands/serial.ts";
import { addSessionCommands } from "./commands/sessions.ts";
import { addUsbCommands } from "./commands/usb.ts";
import { addVisitCommands } from "./commands/visits.ts";
import { fail } from "./errors.ts";
import { printError, printJson, type ExitCode } from "./output.ts";

const programs = `
Programs:
  server                    the Vigil server alone, for real devices
  fleet                     virtual devices alone
  lab                       a server and a fleet in one command

Environment:
  VIGIL_URL, VIGIL_TOKEN    the server's address and an API key; without them: vigil login

Exit codes: 0 done; 1 some failed, or with --wait: a device failed, is unknown or was cancelled; 2 wrong usage or refused; 3 not reachable or
not signed in; 130 interrupted while waiting: the run goes on`;

async function main(): Promise<void> {
  const program = new Command("vigil")
    .description("Out-of-band fleet manager for Intel AMT")
    .showHelpAfterError("(add --help for usage)")
    .addHelpText("after", programs)
    .exitOverride();
  addLoginCommands(program);
  const device = addDeviceCommands(program);
  addLifeCommands(device);
  addDeviceReadingCommands(device);
  addPowerCommands(program);
  addBootCommands(program);
  addImageCommands(program);
  addScreenCommands(program);
  addSecretCommands(program);
  addProfileCommands(program);
  addProvisioningCommands(program);
  addReadingCommands(program);
  addJobCommands(program);
  addRunCommands(program);
  addPolicyCommands(program);
  addScheduleCommands(program);
  addCollectionCommands(program);
  addConsentCommands(program);
  addAssignmentCommands(program);
  addAuditCommands(program);
  addAuthorityCommands(program);
  addCertificateCommands(program);
  addDirectoryCommands(program);
  addDnsCommands(program);
  addDirectCommands(program);
  addKeyCommands(program);
  addSerialCommands(program);
  addSessionCommands(program);
  addUsbCommands(program);
  addVisitCommands(program);
  try {
    await program.parseAsync();
  } catch (error) {
    const isJson = process.argv.includes("--json");
    process.exitCode = error instanceof CommanderError ? usageExit(error, isJson) : printError(error, isJson);
  }
}

/** Commander has told people by now; machines still wait for theirs. Help that was asked for is no error. */
function usageExit(error: CommanderError, isJson: boolean): ExitCode {
  if (error.exitCode === 0) return 0;
  if (isJson) printJson({ error: reportOf(fail("cli.usage.wrong", { message: error.message })) });
  return 2;
}

// Whoever reads has had enough: `vigil device list | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await main();
