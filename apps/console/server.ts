import type { VigilClient } from "@vigil/api/client.ts";
import { createContext, useContext } from "react";

/** The server that delivered this page. main.tsx provides it. */
export const ServerContext = createContext<VigilClient | null>(null);

export function useServer(): VigilClient {
  const client = useContext(ServerContext);
  if (client === null) throw new Error("no server is provided");
  return client;
}
