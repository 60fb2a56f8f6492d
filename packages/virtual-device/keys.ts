import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { fail } from "./errors.ts";
import type { KeySource } from "./firmware.ts";

const make = promisify(generateKeyPair);

/** Chosen: eight keys take about a second on two cores; making one for each of a thousand devices takes minutes. */
const poolSize = 8;

/**
 * RSA-2048 keys made once and handed out in turn. Two devices of a fleet can therefore hold the same key: their certificates still
 * differ, and no real device does this. Making them does not hold up the event loop.
 */
export async function makeKeyPool(size = poolSize): Promise<KeySource> {
  const pairs = await Promise.all(Array.from({ length: size }, () => make("rsa", { modulusLength: 2048 })));
  const pems = pairs.map(({ privateKey }) => privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  let turn = 0;
  return {
    next() {
      const pem = pems[turn % pems.length];
      turn += 1;
      if (pem === undefined) throw fail("virtual.key-pool.empty");
      return pem;
    },
  };
}
