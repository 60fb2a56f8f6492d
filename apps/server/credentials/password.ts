import { randomInt } from "node:crypto";

// Firmware wants upper and lower case, a digit and another character, 8 to 32 in all. Left out beside what it bans are
// characters that people mix up or that shells and XML treat specially.  @source protocols A.5 "Passwords"
const upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const lower = "abcdefghijkmnopqrstuvwxyz";
const digits = "23456789";
const others = "!#$%()*+-./;=?@[]^{|}~";
const all = upper + lower + digits + others;
const kinds = [upper, lower, digits, others] as const;

/** Chosen: 20 of 79 characters are 126 bits. */
export const passwordLength = 20;

/**
 * A random password for a device's firmware, 20 characters, each as likely as any other. One that lacks a kind is thrown
 * away and drawn again (about one in eight), so no place in it is more likely to hold a digit than any other.
 */
export function randomPassword(): string {
  for (;;) {
    // randomInt draws without the bias of a remainder.
    const characters = Array.from({ length: passwordLength }, () => all[randomInt(all.length)] ?? "");
    if (kinds.every((kind) => characters.some((one) => kind.includes(one)))) return characters.join("");
  }
}
