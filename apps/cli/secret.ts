import { isCancel, password } from "@clack/prompts";
import { fail } from "./errors.ts";

/**
 * A secret from the environment, or typed in unseen. Never from an argument: those are seen by every user of the machine.
 * @throws cli.secret.missing (caller)
 */
export async function askSecret(variable: string, question: string): Promise<string> {
  const given = process.env[variable];
  if (given !== undefined && given !== "") return given;
  // The question goes to stderr, so that stdout stays for results; without a terminal nobody would answer it.
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw fail("cli.secret.missing", { details: { variable } });
  const typed = await password({ message: question, output: process.stderr });
  if (isCancel(typed) || typed === undefined || typed === "")
    throw fail("cli.secret.missing", { details: { variable } });
  return typed;
}
