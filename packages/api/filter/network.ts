/** An IPv4 network as two numbers. */
export interface Network {
  readonly base: number;
  readonly bits: number;
}

/** "10.1.0.0/16"; undefined when it is none. Bits beyond the length are ignored. */
export function networkOf(text: string): Network | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  const number = ipv4Of(address);
  if (number === undefined || rest.length > 0 || !/^([0-9]|[12][0-9]|3[0-2])$/.test(length)) return undefined;
  const bits = Number(length);
  return { base: masked(number, bits), bits };
}

/** Whether the address lies in it; one that is no IPv4 address lies in none. */
export function isInside({ base, bits }: Network, address: string): boolean {
  const number = ipv4Of(address);
  return number !== undefined && masked(number, bits) === base;
}

function masked(number: number, bits: number): number {
  const size = 2 ** (32 - bits);
  return Math.floor(number / size) * size;
}

function ipv4Of(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}
