// What firmware and viewer tell each other inside the texts of RFB; both directions.  @source protocols D.5
//
//   "\0KvmDataChannel\0" payload      bytes for the host's own software; the firmware's first one says that it can
//   "\0KvmExtCmd\0" command, value    1 what is the decimation, 2 set it (1 off, 2 automatic, 3 on),
//                                     3 is there compression, 4 set it (0, 1)
//   anything else                     a clipboard's text
//
// The answer to command 1 is 1, the value, and a byte that says whether it is at work. UNVERIFIED: that the answer to 3 has
// the same shape.

export type ChannelMessage =
  | { readonly kind: "data"; readonly payload: Uint8Array }
  | { readonly kind: "command"; readonly command: number; readonly values: Uint8Array }
  | { readonly kind: "clipboard"; readonly text: Uint8Array };

/** @source protocols D.5 */
export const channelCommands = { getDecimation: 1, setDecimation: 2, getCompression: 3, setCompression: 4 } as const;

const dataHead = new TextEncoder().encode("\0KvmDataChannel\0");
const commandHead = new TextEncoder().encode("\0KvmExtCmd\0");

export function encodeChannelMessage(message: ChannelMessage): Uint8Array {
  switch (message.kind) {
    case "data":
      return joined(dataHead, message.payload);
    case "command":
      return joined(commandHead, Uint8Array.of(message.command, ...message.values));
    case "clipboard":
      return message.text;
    default:
      return message satisfies never;
  }
}

/** @param text what stood in a ClientCutText or ServerCutText */
export function decodeChannelMessage(text: Uint8Array): ChannelMessage {
  if (startsWith(text, dataHead)) return { kind: "data", payload: text.subarray(dataHead.length) };
  const command = text[commandHead.length];
  if (startsWith(text, commandHead) && command !== undefined) {
    return { kind: "command", command, values: text.subarray(commandHead.length + 1) };
  }
  return { kind: "clipboard", text };
}

function startsWith(text: Uint8Array, head: Uint8Array): boolean {
  return text.length >= head.length && head.every((byte, index) => text[index] === byte);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
