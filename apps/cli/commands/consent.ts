import type { Command } from "commander";
import type { ConsentState } from "@vigil/api/resources/consent.ts";
import { signedInClient } from "../account.ts";
import { printFacts, printJson } from "../output.ts";
import { idOf } from "./devices.ts";

interface ConsentOptions {
  readonly json?: true;
}

/** `vigil consent show|start|send|cancel`. */
export function addConsentCommands(program: Command): void {
  const consent = program.command("consent").description("what the user at the machine agrees to");
  consent
    .command("show <device>")
    .description("whether it is needed, and whether it is given")
    .option("--json", "print JSON")
    .action((name: string, options: ConsentOptions) =>
      told(name, options, (client, params) => client.consent.show({ params })),
    );
  consent
    .command("start <device>")
    .description("have its screen show six digits")
    .option("--json", "print JSON")
    .action((name: string, options: ConsentOptions) =>
      told(name, options, (client, params) => client.consent.start({ params })),
    );
  consent
    .command("send <device> <code>")
    .description("hand over the digits that its user reads out")
    .option("--json", "print JSON")
    .action((name: string, code: string, options: ConsentOptions) =>
      told(name, options, (client, params) => client.consent.send({ params, body: { code } })),
    );
  consent
    .command("cancel <device>")
    .description("take the digits from its screen, or end a consent that was given")
    .option("--json", "print JSON")
    .action((name: string, options: ConsentOptions) =>
      told(name, options, (client, params) => client.consent.cancel({ params })),
    );
}

async function told(
  name: string,
  { json }: ConsentOptions,
  ask: (client: ReturnType<typeof signedInClient>, params: { readonly id: string }) => Promise<ConsentState>,
): Promise<void> {
  const client = signedInClient();
  const state = await ask(client, { id: await idOf(client, name) });
  if (json === true) return printJson(state);
  printFacts([
    ["needed for", state.policy],
    ["state", state.state],
    ["code is shown for", `${state.codeTimeoutSeconds} s`],
    ["session has to begin within", `${state.sessionTimeoutSeconds} s`],
  ]);
}
