import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./programs.ts";

/**
 * Software of others, from npm, unpacked and never installed: some of it is too large to be a dependency.
 * @param path the part of the package that is needed
 * @returns its folder; undefined when npm does not have it here
 */
export async function strangerFromNpm(name: string, version: string, path = ""): Promise<string | undefined> {
  // Each part has a folder of its own: what was unpacked for one is not enough for another.
  const part = `${name}/${path === "" ? "whole" : path}`.replaceAll("/", "+");
  const folder = join(tmpdir(), "vigil-strangers", `${part}-${version}`);
  if (existsSync(folder)) return join(folder, path);
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const packed = await run("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", work]);
    const file = packed.stdout.trim().split("\n").at(-1) ?? "";
    if (packed.code !== 0 || file === "") return undefined;
    const unpacked = await run("tar", ["-xzf", join(work, file), "-C", work, join("package", path)]);
    if (unpacked.code !== 0) return undefined;
    renameSync(join(work, "package"), folder);
    return join(folder, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
