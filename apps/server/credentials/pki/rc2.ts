/** @source RFC 2268, section 2 */
const PITABLE = Buffer.from(
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32" +
    "bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a" +
    "961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e" +
    "c5f3db47e5a59c770aa62068fe7fc1ad",
  "hex",
);
/** How far the four words are rotated. @source RFC 2268, section 3.1 */
const rotations = [1, 2, 3, 5] as const;
const blockBytes = 8;

/**
 * Opens RC2 in CBC mode. OpenSSL has put it among its legacy ciphers, which Node does not load; older Windows encrypts the
 * certificates of a PFX file with it, and certificates are no secret. Nothing is ever sealed with it.
 * @param key as many bytes as there are effective bits
 * @throws RangeError when the length or the padding is wrong
 */
export function decryptRc2Cbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length === 0 || data.length % blockBytes !== 0) throw new RangeError("not whole blocks");
  const words = expandKey(key);
  const out = new Uint8Array(data.length);
  let before = iv;
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = data.subarray(at, at + blockBytes);
    const plain = decryptBlock(words, block);
    for (let one = 0; one < blockBytes; one += 1) out[at + one] = (plain[one] ?? 0) ^ (before[one] ?? 0);
    before = block;
  }
  const padding = out.at(-1) ?? 0;
  const isPadded = padding >= 1 && padding <= blockBytes && out.subarray(-padding).every((byte) => byte === padding);
  if (!isPadded) throw new RangeError("wrong padding");
  return out.subarray(0, out.length - padding);
}

/** One block, for the vectors of the standard. @param effectiveBits of the key */
export function decryptBlockWith(key: Uint8Array, effectiveBits: number, block: Uint8Array): Uint8Array {
  return decryptBlock(expandKey(key, effectiveBits), block);
}

/** @source RFC 2268, section 2 */
function expandKey(key: Uint8Array, effectiveBits = key.length * 8): Uint16Array {
  const bytes = new Uint8Array(128);
  bytes.set(key);
  const substitute = (index: number): number => PITABLE[index & 0xff] ?? 0;
  for (let at = key.length; at < 128; at += 1) {
    bytes[at] = substitute((bytes[at - 1] ?? 0) + (bytes[at - key.length] ?? 0));
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8);
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits);
  bytes[128 - effectiveBytes] = substitute((bytes[128 - effectiveBytes] ?? 0) & mask);
  for (let at = 127 - effectiveBytes; at >= 0; at -= 1) {
    bytes[at] = substitute((bytes[at + 1] ?? 0) ^ (bytes[at + effectiveBytes] ?? 0));
  }
  return Uint16Array.from({ length: 64 }, (_, one) => (bytes[2 * one] ?? 0) | ((bytes[2 * one + 1] ?? 0) << 8));
}

/** @source RFC 2268, section 4 */
function decryptBlock(words: Uint16Array, block: Uint8Array): Uint8Array {
  const r = Uint16Array.from({ length: 4 }, (_, one) => (block[2 * one] ?? 0) | ((block[2 * one + 1] ?? 0) << 8));
  const at = (index: number): number => r[index & 3] ?? 0;
  let next = 63;
  const unmix = (): void => {
    for (let one = 3; one >= 0; one -= 1) {
      const by = rotations[one as 0 | 1 | 2 | 3];
      const rotated = ((at(one) >> by) | (at(one) << (16 - by))) & 0xffff;
      const mixed = (words[next] ?? 0) + (at(one - 1) & at(one - 2)) + (~at(one - 1) & at(one - 3));
      r[one] = rotated - mixed;
      next -= 1;
    }
  };
  const unmash = (): void => {
    for (let one = 3; one >= 0; one -= 1) r[one] = at(one) - (words[at(one - 1) & 63] ?? 0);
  };
  for (let round = 0; round < 5; round += 1) unmix();
  unmash();
  for (let round = 0; round < 6; round += 1) unmix();
  unmash();
  for (let round = 0; round < 5; round += 1) unmix();
  return Uint8Array.from([0, 1, 2, 3].flatMap((one) => [at(one) & 0xff, at(one) >> 8]));
}
