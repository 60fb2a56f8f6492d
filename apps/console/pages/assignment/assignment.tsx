import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Page } from "../../shell/page.tsx";
import { Entries } from "./entries.tsx";
import { Explain } from "./explain.tsx";
import { Rules } from "./rules.tsx";
import { assignmentSearch, assignmentTabs } from "./search.ts";

const titles = { rules: "Rules", entries: "Entries", explain: "Explain" } as const;

/** Which host name, unit and profile devices get: the rules, the lists, and why a device gets what. */
export function AssignmentPage() {
  const navigate = useNavigate();
  const { tab = "rules", device } = assignmentSearch(useSearch({ strict: false }));
  const show = (name: string | null): void =>
    void navigate({ to: "/assignment", search: assignmentSearch({ tab: name ?? "rules" }) });
  return (
    <Page title="Assignment">
      <Tabs value={tab} onChange={show} keepMounted={false} className="assignment">
        <Tabs.List aria-label="Parts of assignment">
          {assignmentTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {titles[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rules">
          <Rules />
        </Tabs.Panel>
        <Tabs.Panel value="entries">
          <Entries />
        </Tabs.Panel>
        <Tabs.Panel value="explain">
          <Explain key={device} device={device} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
