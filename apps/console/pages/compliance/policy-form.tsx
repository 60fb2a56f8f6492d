import { Button, NumberInput, Radio, Select, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { usualOf } from "@vigil/api/operation-values.ts";
import { needsReasonFor, operationNames, operations, parametersOf, type OperationName } from "@vigil/api/operations.ts";
import type { Policy, PolicySettings } from "@vigil/api/resources/policies.ts";
import { devicesOf } from "../../ages.ts";
import { ParameterSelect } from "../../parts/parameter-select.tsx";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { FilterBox, wrongWith } from "../../parts/filter-box.tsx";
import { collectionsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { windowsQuery } from "../schedules/queries.ts";
import { policyKeys } from "./queries.ts";

const usual: PolicySettings = {
  description: "",
  collection: "Provisioned",
  desired: { asProfile: true },
  look: "profile.look",
  remedy: null,
  isEnforced: false,
  everyHours: 24,
  window: null,
  mostRemediedPercent: 20,
};

const looks = operationNames.filter((name) => operations[name].risk === "read");
const remedies = operationNames.filter((name) => operations[name].risk !== "read" && !needsReasonFor(name));

/** Makes a policy or changes one; what it would find by what is stored is shown while it is written. */
export function PolicyForm({ policy, onClose }: { readonly policy?: Policy; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState(policy?.name ?? "");
  const [settings, setSettings] = useState<PolicySettings>(policy === undefined ? usual : settingsOf(policy));
  const { data: collections } = useQuery(collectionsQuery(server));
  const set = (change: Partial<PolicySettings>): void => setSettings((old) => ({ ...old, ...change }));
  const { filter } = settings.desired;
  const isWhole = filter === undefined || (filter.trim() !== "" && wrongWith(filter) === undefined);
  const store = useMutation({
    mutationFn: () =>
      policy === undefined
        ? server.policies.create({ body: { name: name.trim(), settings } })
        : server.policies.change({ params: { name: policy.name }, body: settings }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: policyKeys.all });
      onClose();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) store.mutate();
      }}
    >
      {policy === undefined ? (
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
          required
        />
      ) : null}
      <TextInput
        label="What it is for"
        value={settings.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        maxLength={2_000}
      />
      <Select
        label="Devices of the collection"
        data={(collections?.items ?? []).map((one) => one.name)}
        value={settings.collection}
        onChange={(collection) => collection !== null && set({ collection })}
        searchable
        allowDeselect={false}
      />
      <Radio.Group
        label="What should be true of each"
        value={filter === undefined ? "profile" : "filter"}
        onChange={(kind) =>
          set(
            kind === "filter"
              ? { desired: { filter: "power = on" }, look: "power.state" }
              : { desired: { asProfile: true }, look: "profile.look" },
          )
        }
      >
        <Radio value="profile" label="It is as its profile says" mt={6} />
        <Radio value="filter" label="A filter holds for it" mt={6} />
      </Radio.Group>
      {filter === undefined ? null : (
        <FilterBox
          label="The filter"
          isLabelled
          value={filter}
          onChange={(text) => set({ desired: { filter: text } })}
        />
      )}
      <Select
        label="Look first by"
        description="An operation that only reads. Without one, what is stored is judged."
        data={[{ value: "none", label: "what is stored" }, ...looks.map(choiceOf)]}
        value={settings.look ?? "none"}
        onChange={(value) => set({ look: looks.find((one) => one === value) ?? null })}
        allowDeselect={false}
      />
      <Remedy settings={settings} set={set} />
      <NumberInput
        label="Hours from one round to the next"
        description="Empty: rounds are begun by hand"
        min={1}
        max={720}
        allowDecimal={false}
        value={settings.everyHours ?? ""}
        onChange={(value) => set({ everyHours: typeof value === "number" ? value : null })}
      />
      {isWhole ? <Plan settings={settings} /> : null}
      {store.isError ? <Failure error={store.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={store.isPending} disabled={!isWhole}>
          {policy === undefined ? "Make policy" : "Change policy"}
        </Button>
      </DialogButtons>
    </form>
  );
}

interface PartProps {
  readonly settings: PolicySettings;
  readonly set: (change: Partial<PolicySettings>) => void;
}

function Remedy({ settings, set }: PartProps) {
  const { remedy } = settings;
  const { data: windows } = useQuery(windowsQuery(useServer()));
  return (
    <>
      <Select
        label="Remedy"
        description="What is given to each device that deviates, once the policy is enforced"
        data={[{ value: "none", label: "none: only report" }, ...remedies.map(choiceOf)]}
        value={remedy?.operation ?? "none"}
        onChange={(value) => {
          const operation = remedies.find((one) => one === value);
          set(operation === undefined ? { remedy: null, isEnforced: false } : { remedy: { operation } });
        }}
        allowDeselect={false}
      />
      {remedy === null
        ? null
        : Object.entries(parametersOf(remedy.operation)).map(([name, parameter]) => (
            <ParameterSelect
              key={name}
              parameter={parameter}
              value={remedy.parameters?.[name] ?? usualOf(parameter) ?? ""}
              onChange={(said) => set({ remedy: { ...remedy, parameters: { ...remedy.parameters, [name]: said } } })}
            />
          ))}
      {remedy === null ? null : (
        <>
          <Switch
            label="Enforced"
            checked={settings.isEnforced}
            onChange={(event) => set({ isEnforced: event.currentTarget.checked })}
          />
          <Select
            label="Maintenance window"
            description="Remedies are given while it is open"
            data={[{ value: "", label: "none: at any time" }, ...(windows?.items ?? []).map(({ name }) => name)]}
            value={settings.window ?? ""}
            onChange={(value) => set({ window: value === "" ? null : value })}
            allowDeselect={false}
          />
          <NumberInput
            label="Largest share that is remedied at once, in percent"
            description="When more deviate nothing is done: then the policy is wrong, or the network"
            min={1}
            max={100}
            value={settings.mostRemediedPercent}
            onChange={(value) => typeof value === "number" && set({ mostRemediedPercent: value })}
          />
        </>
      )}
    </>
  );
}

/** Chosen: nobody waits for it, and nobody asks at every key. */
const pauseMs = 250;

function Plan({ settings }: { readonly settings: PolicySettings }) {
  const server = useServer();
  const [body] = useDebouncedValue(settings, pauseMs);
  const { data } = useQuery({
    queryKey: [...policyKeys.all, "plan", body],
    queryFn: ({ signal }) => server.policies.plan({ body, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (data === undefined) return null;
  const { compliant, deviating, unknown } = data.counts;
  return (
    <p className="dim" role="status">
      By what is stored: {devicesOf(compliant)} compliant, {devicesOf(deviating)} deviating
      {unknown === 0 ? "" : `, ${devicesOf(unknown)} never compared`}. {data.remedy}.
    </p>
  );
}

function choiceOf(name: OperationName): { readonly value: OperationName; readonly label: string } {
  return { value: name, label: operations[name].title };
}

function settingsOf(policy: Policy): PolicySettings {
  const { description, collection, desired, look, remedy, isEnforced, everyHours, window, mostRemediedPercent } =
    policy;
  return { description, collection, desired, look, remedy, isEnforced, everyHours, window, mostRemediedPercent };
}
