import { queryOptions } from "@tanstack/react-query";
import type { VigilClient } from "@vigil/api/client.ts";
import { keys } from "../../queries.ts";

export const jobsQuery = (server: VigilClient) =>
  queryOptions({ queryKey: [...keys.jobs, "list"], queryFn: ({ signal }) => server.jobs.list({ signal }) });

export const jobQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: [...keys.jobs, "one", name],
    queryFn: ({ signal }) => server.jobs.show({ params: { name }, signal }),
  });

export const jobVersionsQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: [...keys.jobs, "versions", name],
    queryFn: ({ signal }) => server.jobs.versions({ params: { name }, signal }),
  });

/** Ready jobs, with for how many devices each is fit. */
export const galleryQuery = (server: VigilClient) =>
  queryOptions({ queryKey: [...keys.jobs, "gallery"], queryFn: ({ signal }) => server.jobs.gallery({ signal }) });
