import { queryOptions } from "@tanstack/react-query";
import type { VigilClient } from "@vigil/api/client.ts";
import type { Finding, Standing } from "@vigil/api/resources/policies.ts";

export const policyKeys = {
  all: ["policies"],
  list: ["policies", "list"],
  one: (name: string) => ["policies", "one", name],
  findings: (name: string) => ["policies", "findings", name],
} as const;

/** A round moves within seconds; nothing else of a policy does. */
const roundMs = 2_000;
const restMs = 30_000;

export const policiesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: policyKeys.list,
    queryFn: ({ signal }) => server.policies.list({ signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ round }) => round !== null && round.state !== "done") === true ? roundMs : restMs,
  });

export const policyQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: policyKeys.one(name),
    queryFn: ({ signal }) => server.policies.show({ params: { name }, signal }),
    refetchInterval: ({ state }) => {
      const round = state.data?.round ?? null;
      return round !== null && round.state !== "done" ? roundMs : restMs;
    },
  });

/** A window of the findings, as the table asks for them. */
export function fetchFindings(server: VigilClient, name: string, standing: Standing | undefined) {
  const only = standing === undefined ? {} : { standing };
  return (offset: number, limit: number, signal: AbortSignal): Promise<{ items: Finding[]; total: number }> =>
    server.policies.findings({ params: { name }, query: { ...only, offset, limit }, signal });
}
