import { Command, CommanderError } from "commander";
import { addCollectionCommands } from "./commands/collections.ts";
import { addDeviceCommands } from "./commands/devices.ts";
import { addDirectCommands } from "./commands/direct.ts";
import { addLoginCommands } from "./commands/login.ts";
import { addPowerCommands } from "./commands/power.ts";
import { addRunCommands } from "./commands/runs.ts";
import { printError } from "./output.ts";

const programs = `
Programs:
  server                    the Vigil server alone, for real devices
  fleet                     virtual devices alone
  lab                       a server and a fleet in one command

Environment:
  VIGIL_URL, VIGIL_TOKEN    the server's address and an API key; without them: vigil login

Exit codes: 0 done, 1 some failed, 2 wrong usage, 3 not reachable or not signed in`;

async function main(): Promise<void> {
  const program = new Command("vigil")
    .description("Out-of-band fleet manager for Intel AMT")
    .showHelpAfterError("(add --help for usage)")
    .addHelpText("after", programs)
    .exitOverride();
  addLoginCommands(program);
  addDeviceCommands(program);
  addPowerCommands(program);
  addRunCommands(program);
  addCollectionCommands(program);
  addDirectCommands(program);
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has printed its own message by now; help asked for is no error.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = printError(error, process.argv.includes("--json"));
  }
}

await main();
