import { createSocket } from "node:dgram";
import { once } from "node:events";

/** Records of a small DNS server: by lower-case name. */
export interface Zone {
  [name: string]: { readonly a?: readonly string[]; readonly cname?: string } | "broken" | "silent";
}

const types = { a: 1, cname: 5 } as const;
const codes = { none: 0, serverFailure: 2, noSuchName: 3 } as const;

/** A DNS server on loopback that knows that zone, for as long as it is not disposed of. It asks nobody else. @source RFC 1035 */
export async function aDnsServer(zone: Zone): Promise<AsyncDisposable & { readonly address: string }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const answer = answerTo(query, zone);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function answerTo(query: Buffer, zone: Zone): Buffer | undefined {
  const { name, end } = nameAt(query, 12);
  const type = query.readUInt16BE(end);
  const found = zone[name];
  if (found === "silent") return undefined;
  const question = query.subarray(12, end + 4);
  if (found === undefined) return message(query, question, [], codes.noSuchName);
  if (found === "broken") return message(query, question, [], codes.serverFailure);
  const records: Buffer[] = [];
  let owner = name;
  if (found.cname !== undefined) {
    records.push(record(owner, types.cname, encoded(found.cname)));
    owner = found.cname;
  }
  const last = zone[owner];
  if (type === types.a && typeof last === "object") {
    for (const address of last.a ?? [])
      records.push(record(owner, types.a, Buffer.from(address.split(".").map(Number))));
  }
  return message(query, question, records, codes.none);
}

function message(query: Buffer, question: Buffer, records: readonly Buffer[], code: number): Buffer {
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  // A response, authoritative, recursion as desired.
  head.writeUInt16BE(0x8580 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, question, ...records]);
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encoded(name), fixed, data]);
}

function encoded(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function nameAt(query: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}
