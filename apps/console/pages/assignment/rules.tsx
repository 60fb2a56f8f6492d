import { ActionIcon, Button, Checkbox, Group } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { RuleList } from "@vigil/api/resources/assignments.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { assignmentRulesQuery, failureOf, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { draftOf, fieldTitles, moved, newRule, wantedOf, wordsOf, type DraftRule } from "./draft.ts";
import { RuleDialog } from "./rule-dialog.tsx";

/** The list of rules and its editor. What is changed stands here until the whole list is stored. */
export function Rules() {
  const { data, error, refetch } = useQuery(assignmentRulesQuery(useServer()));
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  return <Editor key={data.version} list={data} />;
}

function Editor({ list }: { readonly list: RuleList }) {
  const server = useServer();
  const cache = useQueryClient();
  const [rules, setRules] = useState<readonly DraftRule[]>(() => list.rules.map(draftOf));
  const [isChanged, setChanged] = useState(false);
  const [edited, setEdited] = useState<DraftRule>();
  const made = useRef(0);
  const focusNext = useRef<string>(undefined);
  const change = (next: readonly DraftRule[]): void => {
    setRules(next);
    setChanged(true);
  };
  const store = useMutation({
    mutationFn: () => server.assignments.change({ body: { basedOn: list.version, rules: rules.map(wantedOf) } }),
    onSuccess: (stored) => {
      setChanged(false);
      cache.setQueryData(keys.assignmentRules, stored);
    },
  });
  const isStale = store.isError && failureOf(store.error).code === "assignments.rules.stale";
  const add = (): void => setEdited(newRule((made.current += 1)));
  useKeys({ n: add });
  useKeys({ "mod+s": () => (isChanged ? store.mutate() : undefined) }, "fields");
  // A row that moves takes the focus along, so that a key pressed again moves it again.
  useEffect(() => {
    if (focusNext.current !== undefined) document.getElementById(focusNext.current)?.focus();
    focusNext.current = undefined;
  });
  const move = (index: number, by: -1 | 1, key: string): void => {
    focusNext.current = `${by < 0 ? "up" : "down"} ${key}`;
    change(moved(rules, index, by));
  };
  const keep = (rule: DraftRule): void => {
    const isKnown = rules.some(({ key }) => key === rule.key);
    change(isKnown ? rules.map((one) => (one.key === rule.key ? rule : one)) : [...rules, rule]);
    setEdited(undefined);
  };
  return (
    <>
      <div className="toolbar">
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={add} title="n">
          New rule
        </Button>
        <span className="dim toolbar-count">
          {list.changedAt === null ? (
            "Never changed"
          ) : (
            <>
              Version {list.version}, by {list.changedBy}, <Age at={list.changedAt} />
            </>
          )}
        </span>
      </div>
      {rules.length === 0 ? (
        <Empty title="No rules yet">
          Every device gets the default profile and the name that it makes. New rule gives some of them another.
        </Empty>
      ) : (
        <PlainTable
          label="Rules, in the order in which they are asked"
          rows={rules.map((rule, index) => ({ rule, index }))}
          keyOf={({ rule }) => rule.key}
          columns={[
            { title: "#", width: "44px", isNumber: true, cell: ({ index }) => index + 1 },
            {
              title: "On",
              width: "48px",
              cell: ({ rule }) => (
                <Checkbox
                  aria-label={`${rule.name} is on`}
                  checked={rule.isOn}
                  onChange={(event) => keep({ ...rule, isOn: event.currentTarget.checked })}
                />
              ),
            },
            {
              title: "Name",
              cell: ({ rule }) => (
                <button type="button" className="link" onClick={() => setEdited(rule)}>
                  {rule.name}
                </button>
              ),
            },
            {
              title: "When",
              cell: ({ rule }) => <span title={wordsOf(rule.conditions)}>{wordsOf(rule.conditions)}</span>,
            },
            { title: "Gives", cell: ({ rule }) => <Gives rule={rule} /> },
            { title: "Asks", width: "180px", cell: ({ rule }) => <Asks rule={rule} /> },
            {
              title: "Actions",
              width: "116px",
              cell: ({ rule, index }) => (
                <Group gap={4} wrap="nowrap">
                  <Small
                    id={`up ${rule.key}`}
                    label={`Move ${rule.name} up`}
                    isOff={index === 0}
                    onClick={() => move(index, -1, rule.key)}
                  >
                    <IconArrowUp size={14} aria-hidden />
                  </Small>
                  <Small
                    id={`down ${rule.key}`}
                    label={`Move ${rule.name} down`}
                    isOff={index === rules.length - 1}
                    onClick={() => move(index, 1, rule.key)}
                  >
                    <IconArrowDown size={14} aria-hidden />
                  </Small>
                  <Small
                    label={`Remove ${rule.name}`}
                    onClick={() => change(rules.filter(({ key }) => key !== rule.key))}
                  >
                    <IconTrash size={14} aria-hidden />
                  </Small>
                </Group>
              ),
            },
          ]}
        />
      )}
      {store.isError ? <Failure error={store.error} /> : null}
      {isChanged ? (
        <div className="action-bar" role="region" aria-label="Changes">
          <span>Not stored yet. Devices that are set up keep what was decided for them.</span>
          {isStale ? (
            <Button variant="default" onClick={() => void cache.invalidateQueries({ queryKey: keys.assignmentRules })}>
              Load the newest
            </Button>
          ) : null}
          <Button variant="default" onClick={() => (setRules(list.rules.map(draftOf)), setChanged(false))}>
            Undo changes
          </Button>
          <Button loading={store.isPending} onClick={() => store.mutate()} title="Ctrl-S">
            Store rules
          </Button>
        </div>
      ) : null}
      <RuleDialog rule={edited} onKeep={keep} onClose={() => setEdited(undefined)} />
    </>
  );
}

function Gives({ rule: { outcome } }: { readonly rule: DraftRule }) {
  const parts = (["hostName", "domainName", "organizationalUnit", "profile"] as const).flatMap((field) =>
    outcome[field] === undefined ? [] : [`${fieldTitles[field]} ${outcome[field]}`],
  );
  if (parts.length === 0) return <span className="dim">—</span>;
  return <span title={parts.join("\n")}>{parts.join(", ")}</span>;
}

function Asks({ rule: { webhook, hasSecret } }: { readonly rule: DraftRule }) {
  if (webhook === null) return <span className="dim">—</span>;
  const host = URL.canParse(webhook.url) ? new URL(webhook.url).host : webhook.url;
  return (
    <span title={webhook.url}>
      {host} {hasSecret ? null : <span className="warn">no secret</span>}
    </span>
  );
}

function Small(props: {
  readonly id?: string;
  readonly label: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <ActionIcon
      {...(props.id === undefined ? {} : { id: props.id })}
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={props.label}
      disabled={props.isOff === true}
      onClick={props.onClick}
    >
      {props.children}
    </ActionIcon>
  );
}
