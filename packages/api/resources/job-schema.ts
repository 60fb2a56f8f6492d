import { Type } from "typebox";
import { JobDefinition } from "./job-definition.ts";
import { JobName } from "./jobs.ts";

const JobFile = Type.Object({ name: JobName, ...JobDefinition.properties }, { additionalProperties: false });

/** The JSON Schema of a job's file, for editors that complete and check while one writes. */
export function jobSchema(): Readonly<Record<string, unknown>> {
  const plain: unknown = JSON.parse(JSON.stringify(JobFile));
  const schema = { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A job of Vigil" };
  return typeof plain === "object" && plain !== null ? { ...schema, ...plain } : schema;
}
