/** RC4 both ways: OpenSSL has put it away; firmware and Windows have not. @param key 1 to 256 bytes @source RFC 4757, 3 */
export function rc4(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const box = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number): void => {
    const kept = box[a] ?? 0;
    box[a] = box[b] ?? 0;
    box[b] = kept;
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + (box[i] ?? 0) + (key[i % key.length] ?? 0)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return bytes.map((byte) => {
    i = (i + 1) & 0xff;
    j = (j + (box[i] ?? 0)) & 0xff;
    swap(i, j);
    return byte ^ (box[((box[i] ?? 0) + (box[j] ?? 0)) & 0xff] ?? 0);
  });
}
