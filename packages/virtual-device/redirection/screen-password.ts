import { createCipheriv } from "node:crypto";

/**
 * What a viewer answers to the challenge of the plain screen port: the challenge under DES, whose key is the password with the bits
 * of each byte in reverse. @source RFC 6143 7.2.2
 * @param password eight characters; what is longer is cut, what is shorter gets zeros
 */
export function passwordResponse(password: string, challenge: Uint8Array): Uint8Array {
  const key = Buffer.alloc(8);
  Buffer.from(password, "latin1").copy(key);
  const mirrored = key.map((byte) => mirror(byte));
  // Three times the same key is DES once, which today's OpenSSL has no other way to do.
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([mirrored, mirrored, mirrored]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

function mirror(byte: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit += 1) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
}
