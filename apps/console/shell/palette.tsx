import { Spotlight, spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState } from "react";
import { devicesOf } from "../ages.ts";
import { useKeys } from "../parts/keys.ts";
import { collectionsQuery, foundDevicesQuery, profilesQuery, runsQuery } from "../queries.ts";
import { jobsQuery } from "../pages/jobs/queries.ts";
import { useServer } from "../server.ts";
import { places } from "./places.ts";
import { useThemeToggle } from "./theme-toggle.ts";

/** Runs in the palette. */
const mostRuns = 20;

/** Ctrl-K: finds any device, collection, profile, job, run, page or action. */
export function Palette() {
  const server = useServer();
  const navigate = useNavigate();
  const toggleTheme = useThemeToggle();
  const [query, setQuery] = useState("");
  const search = useDeferredValue(query.trim());
  const { data: found } = useQuery(foundDevicesQuery(server, search));
  const { data: collections } = useQuery(collectionsQuery(server));
  const { data: profiles } = useQuery(profilesQuery(server));
  const { data: runs } = useQuery(runsQuery(server));
  const { data: jobs } = useQuery(jobsQuery(server));
  // Devices arrive a moment after the rest, above it: Enter means what is on top.
  useEffect(selectTop, [found]);
  useKeys({ "mod+k": () => spotlight.toggle() }, "everywhere");
  useGoKeys();
  const pages: SpotlightActionData[] = places.map(({ to, title, key, Icon }) => ({
    id: to,
    label: title,
    description: `g ${key}`,
    leftSection: <Icon size={16} aria-hidden />,
    onClick: () => void navigate({ to }),
  }));
  const devices: SpotlightActionData[] = (found?.items ?? []).map(({ uuid, hostName, address, state }) => ({
    id: uuid,
    label: hostName ?? address,
    description: `${address} · ${state}`,
    // The server has searched already, in more than what is shown.
    keywords: [query],
    onClick: () => void navigate({ to: "/devices/$id", params: { id: uuid } }),
  }));
  const sets: SpotlightActionData[] = (collections?.items ?? []).map(({ name, count }) => ({
    id: `collection ${name}`,
    label: name,
    description: `Collection · ${count}`,
    onClick: () => void navigate({ to: "/", search: { collection: name } }),
  }));
  const wanted: SpotlightActionData[] = (profiles?.items ?? []).map(({ name, version, devices: count }) => ({
    id: `profile ${name}`,
    label: name,
    description: `Profile · version ${version} · ${devicesOf(count)}`,
    onClick: () => void navigate({ to: "/profiles/$name", params: { name } }),
  }));
  const named: SpotlightActionData[] = (jobs?.items ?? []).map(({ name, version }) => ({
    id: `job ${name}`,
    label: name,
    description: `Job · version ${version}`,
    onClick: () => void navigate({ to: "/jobs/named/$name", params: { name } }),
  }));
  const past: SpotlightActionData[] = (runs?.items ?? []).slice(0, mostRuns).map(({ id, title, state }) => ({
    id,
    label: title,
    description: `Run · ${state}`,
    onClick: () => void navigate({ to: "/jobs/$id", params: { id } }),
  }));
  const acts: SpotlightActionData[] = [
    { id: "theme", label: "Switch theme", description: "t", onClick: toggleTheme },
    {
      id: "new profile",
      label: "New profile",
      description: "g r, then n",
      onClick: () => void navigate({ to: "/profiles", search: { new: true } }),
    },
    {
      id: "new job",
      label: "New job",
      description: "in Jobs: n",
      onClick: () => void navigate({ to: "/jobs/new" }),
    },
    {
      id: "make keys",
      label: "Make setup keys",
      description: "g k, then n",
      onClick: () => void navigate({ to: "/setup-keys", search: { new: true } }),
    },
  ];
  return (
    <Spotlight
      className="palette"
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      limit={12}
      scrollable
      maxHeight={420}
      nothingFound="Nothing of that name"
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: "Devices, collections, profiles, jobs, runs, pages, actions",
        "aria-label": "Find anything",
      }}
      actions={[
        { group: "Devices", actions: devices },
        { group: "Pages", actions: pages },
        { group: "Actions", actions: acts },
        { group: "Collections", actions: sets },
        { group: "Profiles", actions: wanted },
        { group: "Jobs", actions: named },
        { group: "Runs", actions: past },
      ]}
    />
  );
}

/** g and then a letter goes to a page. */
function useGoKeys(): void {
  const navigate = useNavigate();
  const [isGoing, setGoing] = useState(false);
  const go = Object.fromEntries(
    places.map(({ key, to }) => [
      key,
      () => {
        setGoing(false);
        void navigate({ to });
      },
    ]),
  );
  useKeys({ g: () => setGoing(true), ...(isGoing ? go : {}) });
}

/** The library marks its chosen action by this attribute, and lets nobody choose another one from outside. */
function selectTop(): void {
  for (const one of document.querySelectorAll(".palette [data-selected]")) one.removeAttribute("data-selected");
  document.querySelector(".palette [data-action]")?.setAttribute("data-selected", "true");
}
