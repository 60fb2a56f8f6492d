import type { Target } from "@vigil/api/resources/runs.ts";
import { fail } from "./errors.ts";

/**
 * On which devices, as it is typed.
 * @param unclear what is said to who gives more than one of them
 * @returns undefined where none was given @throws cli.usage.wrong (caller)
 */
export function targetFrom(
  given: {
    readonly collection?: string | undefined;
    readonly devices?: readonly string[] | undefined;
    readonly filter?: string | undefined;
  },
  unclear: string,
): Target | undefined {
  const { collection, devices, filter } = given;
  if ([collection, devices, filter].filter((one) => one !== undefined).length > 1) {
    throw fail("cli.usage.wrong", { message: unclear });
  }
  if (filter !== undefined) return { filter };
  if (devices !== undefined) return { devices: [...devices] };
  return collection === undefined ? undefined : { collection };
}
