import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { Exploration, ModelClass } from "@vigil/api/resources/explorer.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { classesQuery, failureOf, lackingQuery, meQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { AboutClass } from "./about-class.tsx";
import { Answer } from "./answer.tsx";
import { useAsking } from "./asking.ts";
import { ClassList } from "./classes.tsx";
import { InvokeDialog, type Call } from "./invoke-dialog.tsx";
import { RequestForm } from "./request-form.tsx";
import { gateOf, hindrance, inputOf, selectorsOf, type Draft } from "./request.ts";
import { explorerSearch, type ExplorerSearch } from "./search.ts";
import type { Reference } from "./values.ts";

/** Where many begin. */
const usual = ["AMT_GeneralSettings", "CIM_SoftwareIdentity", "CIM_PowerManagementService", "AMT_BootSettingData"];

/** Asks the device anything of the model: classes to the left, question and answer to the right. */
export function DeviceExplorer({ device }: { readonly device: Device }) {
  const server = useServer();
  const navigate = useNavigate();
  const search = explorerSearch(useSearch({ strict: false }));
  const find = useRef<HTMLInputElement>(null);
  const { data: model, error, refetch } = useQuery(classesQuery(server));
  const { data: gates } = useQuery(lackingQuery(server, device.uuid));
  useKeys({ "/": () => find.current?.focus() });
  const go = (next: ExplorerSearch, isNew: boolean): void =>
    void navigate({
      to: "/devices/$id",
      params: { id: device.uuid },
      search: { tab: "explorer", ...next },
      replace: !isNew,
    });
  const classes = useMemo(() => new Map((model?.items ?? []).map((one) => [one.name, one])), [model]);
  if (model === undefined) {
    return error === null ? <Waiting rows={14} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const lacking = gates?.items ?? [];
  const definition = search.class === undefined ? undefined : classes.get(search.class);
  const choose = (name: string): void => {
    if (name !== search.class) go({ class: name, ...(search.view === undefined ? {} : { view: search.view }) }, true);
  };
  return (
    <div className="explorer">
      <ClassList
        classes={model.items}
        lacking={lacking}
        release={gates?.release ?? null}
        chosen={definition?.name}
        onChoose={choose}
        find={find}
      />
      <div className="explorer-main panel">
        {definition === undefined ? (
          <NoClass name={search.class} onChoose={choose} />
        ) : (
          <Workbench
            device={device}
            definition={definition}
            classes={classes}
            lacking={lacking}
            release={gates?.release ?? null}
            search={search}
            onSearch={go}
            onClass={choose}
          />
        )}
      </div>
    </div>
  );
}

function NoClass({ name, onChoose }: { readonly name: string | undefined; readonly onChoose: (name: string) => void }) {
  return (
    <Empty title={name === undefined ? "Choose a class" : `The model has no class ${name}`}>
      <p>Type to filter, move with the arrows, choose with Enter; Ctrl Enter asks the device.</p>
      <p className="explorer-usual">
        {usual.map((one) => (
          <button key={one} type="button" className="chip" onClick={() => onChoose(one)}>
            {one}
          </button>
        ))}
      </p>
    </Empty>
  );
}

interface WorkbenchProps {
  readonly device: Device;
  readonly definition: ModelClass;
  readonly classes: ReadonlyMap<string, ModelClass>;
  readonly lacking: readonly string[];
  readonly release: string | null;
  readonly search: ExplorerSearch;
  readonly onSearch: (next: ExplorerSearch, isNew: boolean) => void;
  readonly onClass: (name: string) => void;
}

/** One class: its question, and the answer. */
function Workbench(props: WorkbenchProps) {
  const { device, definition, classes, lacking, release, search, onSearch, onClass } = props;
  const { data: me } = useQuery(meQuery(useServer()));
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const [call, setCall] = useState<Call>();
  const asking = useAsking(device.uuid);
  const verb = search.verb ?? "enum";
  const method = definition.methods.find(({ name }) => name === search.method);
  const form = `${definition.name}.${method?.name ?? ""}`;
  const draft = drafts[form] ?? {};
  const why = hindrance({
    isProvisioned: device.state === "provisioned",
    mayInvoke: me?.permissions.includes("device.invoke") ?? false,
    lacking,
    release,
    definition,
    verb,
    method,
    draft,
  });
  const request = requestOf(definition.name, verb, search, method === undefined ? {} : inputOf(method, draft));
  const change = (next: ExplorerSearch): void => onSearch({ ...search, ...next }, false);
  const run = (): void => {
    if (why !== undefined || asking.isAsking) return;
    if (verb !== "invoke" || method === undefined || method.effect === "read") return asking.ask(request);
    setCall({
      className: definition.name,
      method,
      input: request.input ?? {},
      device: device.hostName ?? device.address,
    });
  };
  useKeys({ "mod+Enter": run }, "fields");
  const open = ({ className, selectors }: Reference): void => {
    onSearch({ class: className, verb: "get", selectors }, true);
    if (classes.has(className) && !asking.isAsking) asking.ask({ verb: "get", className, selectors });
  };
  const { asked, answer, error } = asking;
  const isOfThis = asked !== undefined && isSameQuestion(asked, request);
  const gate = gateOf(definition, lacking, release);
  return (
    <>
      <header className="explorer-head">
        <h2 className="mono">{definition.name}</h2>
        {definition.parents.map((name) => (
          <button key={name} type="button" className="explorer-parent mono" onClick={() => onClass(name)}>
            {name}
          </button>
        ))}
        {gate === undefined ? null : <span className="warn">{gate}</span>}
      </header>
      <RequestForm
        definition={definition}
        verb={verb}
        method={method}
        selectors={search.selectors ?? {}}
        draft={draft}
        onDraft={(next) => setDrafts({ ...drafts, [form]: next })}
        onChange={change}
        why={why}
        isAsking={asking.isAsking}
        onRun={run}
        onStop={verb === "invoke" ? undefined : asking.stop}
      />
      {isOfThis && asking.isAsking ? <Waiting rows={8} /> : null}
      {isOfThis && !asking.isAsking && error !== null ? <Failed error={error} verb={verb} onRetry={run} /> : null}
      {isOfThis && !asking.isAsking && answer !== undefined ? (
        <Answer
          answer={answer}
          classes={classes}
          view={search.view ?? "pretty"}
          onView={(view) => {
            const { view: _view, ...rest } = search;
            onSearch(view === "raw" ? { ...rest, view } : rest, false);
          }}
          onReference={open}
        />
      ) : null}
      {isOfThis ? null : <AboutClass definition={definition} lacking={lacking} />}
      <InvokeDialog
        call={call}
        onClose={() => setCall(undefined)}
        onInvoke={(reason) => {
          setCall(undefined);
          asking.ask(reason === "" ? request : { ...request, reason });
        }}
      />
    </>
  );
}

/** An invoke whose answer is lost may have been carried out: trying again is then for a person to decide. */
function Failed({
  error,
  verb,
  onRetry,
}: {
  readonly error: unknown;
  readonly verb: Exploration["verb"];
  readonly onRetry: () => void;
}) {
  const { code, side } = failureOf(error);
  const isLost = verb === "invoke" && side === "network" && (code === "amt.outcome.unknown" || code.startsWith("api."));
  return (
    <>
      <Failure error={error} {...(isLost ? {} : { onRetry })} />
      {isLost ? (
        <p className="warn explorer-lost">
          The outcome is unknown, and Vigil does not repeat the call. The audit says what was sent.
        </p>
      ) : null}
    </>
  );
}

function requestOf(
  className: string,
  verb: Exploration["verb"],
  { selectors, method }: ExplorerSearch,
  input: Record<string, string[]>,
): Exploration {
  const given = selectorsOf(selectors);
  const which = verb === "enum" || Object.keys(given).length === 0 ? {} : { selectors: given };
  return { verb, className, ...which, ...(verb === "invoke" && method !== undefined ? { method, input } : {}) };
}

/** Whether an answer still belongs to what the form says; the values in it may have been typed over since. */
function isSameQuestion(asked: Exploration, shown: Exploration): boolean {
  return asked.className === shown.className && asked.verb === shown.verb && asked.method === shown.method;
}
