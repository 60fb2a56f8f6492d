import type { RunningServer } from "@vigil/server/compose.ts";
import type { Candidate, FleetOptions } from "@vigil/virtual-device/fleet.ts";

// How the lab's fleet is set up by the lab's server without the two having met: the fleet's process asks the server's over the channel between
// them, which is theirs alone. No password crosses it: firmware keeps digests.

type Enrollee = Parameters<RunningServer["enrol"]>[0][number];
type HandedOver = NonNullable<FleetOptions["handedOver"]>;

interface Question {
  readonly number: number;
  readonly candidates: readonly (Omit<Enrollee, "publicKey"> & { readonly publicKey: string })[];
}

interface Answer {
  readonly number: number;
  readonly given: [uuid: string, Awaited<ReturnType<HandedOver>> extends ReadonlyMap<string, infer G> ? G : never][];
}

/** The server's side. */
export async function enrolled(server: RunningServer, question: unknown): Promise<Answer> {
  // Only askParent() below writes to this channel.
  const { number, candidates } = question as Question;
  const enrolments = await server.enrol(
    candidates.map((one) => ({ ...one, publicKey: new Uint8Array(Buffer.from(one.publicKey, "base64")) })),
  );
  return {
    number,
    given: enrolments.map(({ uuid, hostName, domainName, adminHa1, certificate, issuers }) => [
      uuid,
      { hostName, domainName, adminHa1, certificates: [certificate, ...issuers].map(base64) },
    ]),
  };
}

/** The fleet's side, where the server is a program that this one has started. */
export function askingChild(ask: (question: Question) => Promise<unknown>): HandedOver {
  let asked = 0;
  return async (candidates) => {
    // Only enrolled() above answers.
    const { given } = (await ask({ number: (asked += 1), candidates: candidates.map(told) })) as Answer;
    return new Map(given);
  };
}

/** The fleet's side, where it is a program that the server has started. */
export function askingParent(): HandedOver {
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  // Only enrolled() above answers.
  process.on("message", (answer: Answer) => waiting.get(answer.number)?.(answer));
  return async (candidates) => {
    const number = (asked += 1);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(number, resolve);
    // The answer is what this process lives for meanwhile.
    process.channel?.ref();
    process.send?.({ number, candidates: candidates.map(told) } satisfies Question);
    const { given } = await promise;
    waiting.delete(number);
    if (waiting.size === 0) process.channel?.unref();
    return new Map(given);
  };
}

/** What the server is told of a device. */
function told({ address, identity, digestRealm, publicKey }: Candidate): Question["candidates"][number] {
  const { uuid, release, model, manufacturer, serialNumber, biosVersion } = identity;
  const macAddress = identity.mac.replaceAll("-", ":");
  const facts = { release, model, manufacturer, serialNumber, biosVersion, macAddress, controlMode: "admin" } as const;
  return { uuid, address, digestRealm, publicKey, facts };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
