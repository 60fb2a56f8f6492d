import { createHmac } from "node:crypto";
import type { AssignmentOutcome, Evidence } from "@vigil/api/resources/assignments.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Sealed } from "../credentials/credentials.ts";
import { problemWithOutcome, shownUrl, type Rule } from "./assignment.ts";
import { fail } from "./errors.ts";
import { isHostName } from "./host-name.ts";

/** Larger than any outcome. */
const mostAnswerBytes = 16_384;

export interface WebhookDeps {
  readonly clock: Clock;
  /** The secret of a rule's webhook; undefined when none was set. */
  readonly secretOf: (rule: string) => Promise<Sealed<string> | undefined>;
}

/** Why it is asked: only "decide" is followed by anything. */
export type Purpose = "decide" | "explain";

/**
 * Asks a rule's webhook what a device gets: POST of `{ purpose, rule, evidence }`, answered by an outcome. Only the address that the rule names is asked:
 * an answer that sends elsewhere is refused. The header `x-vigil-signature: t=SECONDS,v1=HEX` bears the HMAC-SHA-256 of `SECONDS.BODY` with the rule's
 * secret, so the other side knows who asks and that the question is fresh.
 * @throws assignments.webhook.secret-missing (caller), .unreachable, .timeout, .status, .answer (network); none of them has the secret in it
 */
export async function askWebhook(
  { clock, secretOf }: WebhookDeps,
  rule: Rule,
  evidence: Evidence,
  { purpose, signal }: { readonly purpose: Purpose; readonly signal: AbortSignal },
): Promise<AssignmentOutcome> {
  const { webhook, name } = rule;
  if (webhook === null) throw new Error(`rule ${name} asks nobody`);
  const about = { rule: name, url: shownUrl(webhook.url) };
  const secret = await secretOf(rule.id);
  if (secret === undefined) throw fail("assignments.webhook.secret-missing", { details: about });
  const body = JSON.stringify({ purpose, rule: name, evidence });
  const seconds = Math.floor(clock.now() / 1000);
  const signature = signatureOf(secret.open("sign"), seconds, body);
  const late = fail("assignments.webhook.timeout", { details: { ...about, seconds: webhook.timeoutSeconds } });
  using limit = clock.deadline(webhook.timeoutSeconds * 1000, () => late, signal);
  try {
    const response = await fetch(webhook.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "x-vigil-signature": signature },
      body,
      redirect: "manual",
      signal: limit.signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw fail("assignments.webhook.status", { details: { ...about, status: response.status } });
    }
    return outcomeIn(await bounded(response, about), about);
  } catch (cause) {
    if (cause instanceof VigilError) throw cause;
    if (limit.signal.aborted) throw signal.aborted ? signal.reason : late;
    throw fail("assignments.webhook.unreachable", { details: about, cause });
  }
}

/** @param seconds since 1970 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}

interface About {
  readonly rule: string;
  readonly url: string;
}

/** The body, which may not be larger than any outcome is. */
async function bounded(response: Response, about: About): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > mostAnswerBytes) throw wrong(about, `more than ${mostAnswerBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The answer was parsed by nobody before: each field is looked at, and one that is not known is refused. */
function outcomeIn(text: string, about: About): AssignmentOutcome {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw wrong(about, "no JSON");
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw wrong(about, "no JSON object");
  const outcome: { -readonly [Field in keyof AssignmentOutcome]: string } = {};
  for (const [field, value] of Object.entries(answer)) {
    const most = limits.get(field);
    if (most === undefined) throw wrong(about, `an unknown field "${field.slice(0, 40)}"`);
    if (typeof value !== "string" || value === "" || value.length > most) {
      throw wrong(about, `${field} is no text of 1 to ${most} characters`);
    }
    Object.assign(outcome, { [field]: value });
  }
  if (outcome.hostName !== undefined && !isHostName(outcome.hostName)) throw wrong(about, "hostName is no host name");
  const problem = problemWithOutcome(outcome);
  if (problem !== undefined) throw wrong(about, problem);
  return outcome;
}

const limits: ReadonlyMap<string, number> = new Map([
  ["profile", 60],
  ["hostName", 63],
  ["domainName", 190],
  ["organizationalUnit", 512],
]);

function wrong(about: About, problem: string): VigilError {
  return fail("assignments.webhook.answer", { details: { ...about, problem } });
}
