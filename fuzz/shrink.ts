/** Tries of one find; each is one run of its fuzz target. */
const mostTries = 1_500;

/**
 * Makes an input smaller while `isSame` says that it still does what it did: takes pieces away, half of it first, single bytes
 * last, then makes what is left plain.
 */
export async function shrink(
  input: Uint8Array,
  isSame: (input: Uint8Array) => Promise<boolean>,
  most = mostTries,
): Promise<Uint8Array> {
  let small = input;
  const spent = { tries: 0 };
  const keeps = async (candidate: Uint8Array): Promise<boolean> => {
    spent.tries += 1;
    if (!(await isSame(candidate))) return false;
    small = candidate;
    return true;
  };
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < small.length && spent.tries < most;) {
      const without = Buffer.concat([small.subarray(0, at), small.subarray(at + size)]);
      if (!(await keeps(without))) at += size;
    }
  }
  for (let at = 0; at < small.length && spent.tries < most; at += 1) {
    if (small[at] === plain) continue;
    await keeps(Uint8Array.from(small, (byte, index) => (index === at ? plain : byte)));
  }
  return small;
}

/** "a" */
const plain = 0x61;
