/** A small ISO 9660 image: one root folder, no extensions. @source ECMA-119 */
export function isoImage(of: {
  readonly label: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}): Uint8Array {
  const names = Object.keys(of.files).toSorted();
  const rootBlock = 18;
  let next = rootBlock + 1;
  const placed = names.map((name) => {
    const content = of.files[name] ?? new Uint8Array();
    const block = next;
    next += Math.max(1, Math.ceil(content.length / 2048));
    return { name, content, block };
  });
  const image = Buffer.alloc(next * 2048);
  const root = [
    record("\0", rootBlock, 2048, 2),
    record("\u0001", rootBlock, 2048, 2),
    ...placed.map(({ name, content, block }) => record(`${name};1`, block, content.length, 0)),
  ];
  let offset = rootBlock * 2048;
  for (const one of root) {
    one.copy(image, offset);
    offset += one.length;
  }
  for (const { content, block } of placed) image.set(content, block * 2048);
  const descriptor = image.subarray(16 * 2048, 17 * 2048);
  descriptor[0] = 1;
  descriptor.write("CD001\u0001", 1, "latin1");
  descriptor.write(of.label.padEnd(32), 40, "latin1");
  both(descriptor, 80, next);
  descriptor.writeUInt16LE(2048, 128);
  descriptor.writeUInt16BE(2048, 130);
  record("\0", rootBlock, 2048, 2).copy(descriptor, 156);
  const end = image.subarray(17 * 2048, 18 * 2048);
  end[0] = 255;
  end.write("CD001\u0001", 1, "latin1");
  return new Uint8Array(image);
}

function record(name: string, block: number, bytes: number, flags: number): Buffer {
  const length = 33 + name.length + ((33 + name.length) % 2);
  const buffer = Buffer.alloc(length);
  buffer[0] = length;
  both(buffer, 2, block);
  both(buffer, 10, bytes);
  buffer[25] = flags;
  buffer[32] = name.length;
  buffer.write(name, 33, "latin1");
  return buffer;
}

/** A number in both byte orders, one after the other. */
function both(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt32LE(value, offset);
  buffer.writeUInt32BE(value, offset + 4);
}
