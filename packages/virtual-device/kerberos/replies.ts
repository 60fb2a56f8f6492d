import { application, field, tags, valueIn, writeDer, writeInteger, writeTime, type Der } from "@vigil/wire/der.ts";
import { encrypt, keyUsages, type KerberosKey } from "./encryption.ts";
import type { Authenticator } from "./ticket.ts";

/**
 * Why a ticket is refused. That firmware says so is UNVERIFIED; others that accept tickets do.
 * @source RFC 4120, 7.5.9
 */
const krbErrors = {
  unknownEncryption: 14,
  badIntegrity: 31,
  expired: 32,
  notYetValid: 33,
  replay: 34,
  badMatch: 36,
  skew: 37,
  modified: 41,
  noKey: 45,
} as const;

export type KrbErrorName = keyof typeof krbErrors;

/** The proof that the device could read the client's: AP-REP. @source RFC 4120, 5.5.2 */
export function writeApRep(
  session: KerberosKey,
  { ctime, cusec }: Authenticator,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  const part = writeDer(
    application(27),
    writeDer(
      tags.sequence,
      writeDer(field(0), writeDer(ctime.tag, ctime.value)),
      writeDer(field(1), writeDer(cusec.tag, cusec.value)),
      // Clients expect a number to count from, although nothing follows. @source RFC 4121, 4.1
      writeDer(field(3), writeInteger(Buffer.from(random(4)).readUInt32BE() >>> 2)),
    ),
  );
  const cipher = encrypt(session, keyUsages.apReply, part, random);
  const sealed = writeDer(
    tags.sequence,
    writeDer(field(0), writeInteger(session.etype)),
    writeDer(field(2), writeDer(tags.octetString, cipher)),
  );
  return writeDer(
    application(15),
    writeDer(
      tags.sequence,
      writeDer(field(0), writeInteger(5)),
      writeDer(field(1), writeInteger(15)),
      writeDer(field(2), sealed),
    ),
  );
}

/** KRB-ERROR. @param shown the ticket, which names the service @source RFC 4120, 5.9.1 */
export function writeKrbError(name: KrbErrorName, nowMs: number, shown: Der): Uint8Array {
  return writeDer(
    application(30),
    writeDer(
      tags.sequence,
      writeDer(field(0), writeInteger(5)),
      writeDer(field(1), writeInteger(30)),
      writeDer(field(4), writeTime(nowMs)),
      writeDer(field(5), writeInteger(Math.trunc(nowMs % 1000) * 1000)),
      writeDer(field(6), writeInteger(krbErrors[name])),
      writeDer(field(9), valueIn(shown, field(1)).value),
      writeDer(field(10), valueIn(shown, field(2)).value),
    ),
  );
}
