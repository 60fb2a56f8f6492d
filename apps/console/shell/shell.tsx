import { ActionIcon, Tooltip, useComputedColorScheme } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconLogout, IconMoon, IconSearch, IconSun } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { momentOf } from "../ages.ts";
import { useLive, type Liveness } from "../live.ts";
import { NowProvider } from "../parts/now.tsx";
import { useKeys } from "../parts/keys.ts";
import { meQuery, summaryQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { useLiveSessions } from "../sessions/live-sessions.ts";
import { OwnSessions } from "./own-sessions.tsx";
import { Palette } from "./palette.tsx";
import { places } from "./places.ts";
import { useThemeToggle } from "./theme-toggle.ts";

/** What surrounds every page: the rail, the palette and the live feed. */
export function Shell() {
  const server = useServer();
  const liveness = useLive(server, useQueryClient());
  return (
    <NowProvider>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <Rail liveness={liveness} />
        <div id="content" className="content">
          {liveness.isLive ? null : <Offline sinceMs={liveness.sinceMs} />}
          <Outlet />
        </div>
      </div>
      <Palette />
    </NowProvider>
  );
}

function Rail({ liveness }: { readonly liveness: Liveness }) {
  const server = useServer();
  const { data: fleet } = useQuery(summaryQuery(server));
  const counts: Readonly<Record<string, number | undefined>> = {
    "/": fleet?.total,
    "/jobs": fleet?.runningRuns === 0 ? undefined : fleet?.runningRuns,
    "/provisioning": fleet === undefined || fleet.provisioning === 0 ? undefined : fleet.provisioning,
  };
  return (
    <nav className="rail" aria-label="Main">
      <div className="rail-head">
        <img src="/mark.svg" alt="" width={20} height={20} />
        <strong>Vigil</strong>
        <span className="live" data-live={liveness.isLive}>
          {liveness.isLive ? "live" : "offline"}
        </span>
      </div>
      <button type="button" className="rail-search" onClick={spotlight.open} aria-keyshortcuts="Control+K">
        <IconSearch size={14} aria-hidden /> Find anything <kbd>Ctrl K</kbd>
      </button>
      <ul>
        {places.map(({ to, title, key, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className="rail-link"
              activeOptions={{ exact: to === "/", includeSearch: false }}
              title={`g ${key}`}
            >
              <Icon size={16} aria-hidden />
              <span>{title}</span>
              {counts[to] === undefined ? null : <span className="rail-count">{counts[to]}</span>}
            </Link>
          </li>
        ))}
      </ul>
      <OwnSessions />
      <Foot />
    </nav>
  );
}

function Foot() {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery(server));
  const toggleTheme = useThemeToggle();
  useKeys({ t: toggleTheme });
  const isDark = useComputedColorScheme("light") === "dark";
  const sessions = useLiveSessions();
  const signOut = async (): Promise<void> => {
    sessions.closeAll();
    await server.access.signOut();
    cache.clear();
    await navigate({ to: "/sign-in" });
  };
  return (
    <div className="rail-foot">
      <span className="clip dim">{me?.name}</span>
      <Tooltip label="Switch theme (t)">
        <ActionIcon variant="subtle" color="gray" aria-label="Switch theme" onClick={toggleTheme}>
          {isDark ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Sign out">
        <ActionIcon variant="subtle" color="gray" aria-label="Sign out" onClick={() => void signOut()}>
          <IconLogout size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Offline({ sinceMs }: { readonly sinceMs: number | null }) {
  const since = sinceMs === null ? "a while ago" : momentOf(new Date(sinceMs).toISOString());
  return (
    <p role="status" className="offline">
      The server does not answer. What is shown is from {since}; it will catch up by itself.
    </p>
  );
}
