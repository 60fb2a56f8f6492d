import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/pages.css";
import "./styles/assignment.css";
import "./styles/boot.css";
import "./styles/compliance.css";
import "./styles/explorer.css";
import "./styles/profiles.css";
import "./styles/secrets.css";
import "./styles/drift.css";
import "./styles/jobs.css";
import "./styles/schedules.css";
import "./styles/sessions.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { vigilClient } from "@vigil/api/client.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { routerFor } from "./router.tsx";
import { ServerContext } from "./server.ts";
import { LiveSessions, LiveSessionsContext } from "./sessions/live-sessions.ts";
import { theme, variables } from "./theme.ts";

const server = vigilClient({ baseUrl: "" });
const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      // What the server refuses it will refuse again; a lost line may come back.
      retry: (count, error) => count < 2 && error instanceof VigilError && error.side === "network",
    },
  },
});
const sessions = new LiveSessions();
const router = routerFor(server, cache);

const root = document.querySelector("#console");
if (root === null) throw new Error("the page has no #console");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={cache}>
        <ServerContext value={server}>
          <LiveSessionsContext value={sessions}>
            <RouterProvider router={router} />
          </LiveSessionsContext>
        </ServerContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
