import { routesByName } from "./api.ts";
import { ErrorReport } from "./resources/common.ts";
import type { Route } from "./route.ts";

type Json = { readonly [key: string]: unknown };

/** The contract as OpenAPI 3.1: pure, so that it can be served, saved and tested. */
export function openApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of routesByName()) {
    const path = `/api${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Vigil",
      version,
      summary: "Out-of-band fleet manager for Intel AMT",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas: { Error: plain({ type: "object", required: ["error"], properties: { error: ErrorReport } }) },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key" },
        session: { type: "apiKey", in: "cookie", name: "vigil_session" },
      },
    },
    security: [{ key: [] }, { session: [] }],
  };
}

function operationOf(name: string, route: Route): Json {
  const { summary, permission, body, reply, status = 200 } = route;
  const type = route.takesBytes === true ? "application/octet-stream" : "application/json";
  const content = { "application/json": { schema: plain(reply) } };
  return {
    operationId: name,
    summary,
    "x-permission": permission,
    ...(permission === "public" ? { security: [] } : {}),
    parameters: [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")],
    ...(body === undefined ? {} : { requestBody: { required: true, content: { [type]: { schema: plain(body) } } } }),
    responses: {
      [status]: status === 204 ? { description: "Done" } : { description: "The answer", content },
      default: {
        description: "An error",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function parametersOf(schema: unknown, where: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = asObject(plain(schema ?? {}));
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(asObject(properties)).map(([name, one]) => ({
    name,
    in: where,
    required: where === "path" || needed.includes(name),
    schema: one,
  }));
}

/** A schema as JSON says it: without what the schema library keeps beside it. */
function plain(schema: unknown): Json {
  return asObject(JSON.parse(JSON.stringify(schema)));
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
