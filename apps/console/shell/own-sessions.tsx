import { Link } from "@tanstack/react-router";
import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionNames, sessionTabs } from "../parts/session-words.ts";
import { useWatched } from "../parts/watched.ts";
import { deviceQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { useLiveSessions } from "../sessions/live-sessions.ts";

/** The sessions that this console has open, wherever its user is: nobody keeps a machine's screen without seeing it. */
export function OwnSessions() {
  const server = useServer();
  const open = useWatched(useLiveSessions().open);
  const names = useQueries({
    queries: open.map(({ device }) => ({ ...deviceQuery(server, device), staleTime: Infinity })),
  });
  const hasDisk = open.some(({ kind }) => kind === "ider");
  useEffect(() => {
    if (!hasDisk) return undefined;
    // The browser asks in its own words: closing the page takes the disk out of the machine.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [hasDisk]);
  if (open.length === 0) return null;
  return (
    <section className="own-sessions" aria-label="Your open sessions">
      <h2>Your sessions</h2>
      <ul>
        {open.map(({ device, kind }, index) => (
          <li key={`${device} ${kind}`}>
            <Link to="/devices/$id" params={{ id: device }} search={{ tab: sessionTabs[kind] }}>
              <span className="session-live">{sessionNames[kind]}</span>{" "}
              <span className="clip dim">{names[index]?.data?.hostName ?? names[index]?.data?.address ?? ""}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
