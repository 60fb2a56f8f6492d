import assert from "node:assert/strict";
import { join } from "node:path";
import { VigilError } from "@vigil/base/errors.ts";
import { decodeResponse } from "@vigil/wire/wsman/envelope.ts";
import { child, parseXml } from "@vigil/wire/xml.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { aLoneDevice } from "../lone-device.ts";
import { run } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import { strangerFromNpm } from "../strangers.ts";

/** What these faults say is that the firmware did not understand the message; others are its answer to it. */
const notUnderstood = new Set([
  "wsman.fault.schemaValidationError",
  "wsman.fault.actionNotSupported",
  "wsman.fault.messageInformationHeaderRequired",
  "wsman.fault.invalidMessageInformationHeader",
  "wsman.fault.invalidRepresentation",
]);

/**
 * What firmware does not have, by its own account: these classes know no such operation, and the generator makes the message all
 * the same, as it does Get for classes that have many instances or none.
 */
const withoutOperation = new Set([
  "AMT.PublicKeyCertificate.Put",
  "AMT.SetupAndConfigurationService.Put",
  "AMT.RemoteAccessPolicyAppliesToMPS.Create",
]);

export default defineScenario({
  name: "stranger-wsman-messages",
  story: "every message that Device Management Toolkit's generator makes is understood by a virtual device",
  smallSize: 1,
  async play({ say }) {
    const folder = await strangerFromNpm("@device-management-toolkit/wsman-messages", "5.14.1");
    if (folder === undefined) {
      say("skipped: npm has no @device-management-toolkit/wsman-messages here");
      return { skipped: "wsman-messages" };
    }
    const driver = join(import.meta.dirname, "../strangers/wsman-messages.cjs");
    const made = await run(process.execPath, [driver, folder]);
    assert.equal(made.code, 0, made.stderr);
    // Our own driver printed it.
    const messages = JSON.parse(made.stdout) as readonly (readonly [string, string, string, string])[];
    await using lone = await aLoneDevice("127.90.4.1", "15");
    const caller = { username: lone.username, channel: "tls", hasSetupCertificate: false } as const;
    const wrong: string[] = [];
    const classes = new Set<string>();
    for (const [family, name, method, xml] of messages) {
      const title = `${family}.${name}.${method}`;
      classes.add(`${family}.${name}`);
      assert.equal(typeof xml, "string", `${title}: ${JSON.stringify(xml)}`);
      const answer = await answerWsman(lone.device.firmware, caller, Buffer.from(xml));
      const code = faultIn(answer.xml);
      if (code !== undefined && notUnderstood.has(code) && !withoutOperation.has(title))
        wrong.push(`${title}: ${code}`);
      const isUnknownClass = code === "wsman.fault.destinationUnreachable" && method === "Enumerate";
      if (isUnknownClass) wrong.push(`${title}: ${code}`);
    }
    assert.deepEqual(wrong, []);
    say(`${messages.length} messages of ${classes.size} classes understood`);
    return { messages: messages.length, classes: classes.size };
  },
});

function faultIn(xml: string): string | undefined {
  try {
    const { body } = decodeResponse(parseXml(xml));
    assert.ok(body === undefined || child(body, "Fault") === undefined);
    return undefined;
  } catch (error) {
    if (error instanceof VigilError) return error.code;
    throw error;
  }
}
