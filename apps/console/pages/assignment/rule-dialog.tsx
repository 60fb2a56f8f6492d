import { ActionIcon, Button, Checkbox, Group, Modal, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { conditionKinds, type AssignmentOutcome, type Condition } from "@vigil/api/resources/assignments.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys, profilesQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { conditionTitles, type DraftRule } from "./draft.ts";

interface DialogProps {
  readonly rule: DraftRule | undefined;
  readonly onKeep: (rule: DraftRule) => void;
  readonly onClose: () => void;
}

/** One rule in a form. Nothing is stored before the whole list is. */
export function RuleDialog({ rule, onKeep, onClose }: DialogProps) {
  const title = rule === undefined || rule.name === "" ? "New rule" : `Rule ${rule.name}`;
  return (
    <Modal opened={rule !== undefined} onClose={onClose} title={title} size="lg">
      {rule === undefined ? null : <Form key={rule.key} rule={rule} onKeep={onKeep} onClose={onClose} />}
    </Modal>
  );
}

function Form({ rule, onKeep, onClose }: DialogProps & { readonly rule: DraftRule }) {
  const [draft, setDraft] = useState(rule);
  const profiles = useQuery(profilesQuery(useServer())).data?.items.map(({ name }) => name) ?? [];
  const { name, conditions, outcome, webhook } = draft;
  const set = (change: Partial<DraftRule>): void => setDraft({ ...draft, ...change });
  const give = (field: keyof AssignmentOutcome, value: string): void => {
    const others = Object.entries({ ...outcome, [field]: value }).filter(([, one]) => one !== "");
    set({ outcome: Object.fromEntries(others) });
  };
  const setCondition = (index: number, to: Condition): void => set({ conditions: conditions.with(index, to) });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(draft);
      }}
    >
      <TextInput
        label="Name"
        value={name}
        maxLength={80}
        required
        data-autofocus
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <fieldset className="assignment-part">
        <legend>When all of this holds</legend>
        {conditions.length === 0 ? <p className="dim">Always.</p> : null}
        {conditions.map((one, index) => (
          <ConditionFields
            key={index}
            condition={one}
            onChange={(to) => setCondition(index, to)}
            onRemove={() => set({ conditions: conditions.filter((_one, at) => at !== index) })}
          />
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={conditions.length >= 10}
          onClick={() => set({ conditions: [...conditions, { on: "subnet", values: [] }] })}
        >
          Add condition
        </Button>
      </fieldset>
      <fieldset className="assignment-part">
        <legend>The device gets</legend>
        <TextInput
          label="Host name"
          description="May have {uuid}, {uuid8}, {serial}, {mac} and {fact:KEY} in it"
          value={outcome.hostName ?? ""}
          maxLength={200}
          onChange={(event) => give("hostName", event.currentTarget.value.trim())}
        />
        <TextInput
          label="Domain"
          placeholder="example.com"
          value={outcome.domainName ?? ""}
          maxLength={190}
          onChange={(event) => give("domainName", event.currentTarget.value.trim())}
        />
        <TextInput
          label="Organizational unit"
          placeholder="OU=Desks,DC=example,DC=com"
          value={outcome.organizationalUnit ?? ""}
          maxLength={512}
          onChange={(event) => give("organizationalUnit", event.currentTarget.value)}
        />
        <Select
          label="Profile"
          placeholder="Left to the next rule"
          data={profiles}
          value={outcome.profile ?? null}
          clearable
          clearButtonProps={{ "aria-label": "Leave the profile to the next rule" }}
          onChange={(value) => give("profile", value ?? "")}
        />
      </fieldset>
      <fieldset className="assignment-part">
        <legend>Ask a webhook</legend>
        <Checkbox
          label="What it answers comes before what is said above"
          checked={webhook !== null}
          onChange={(event) =>
            set({ webhook: event.currentTarget.checked ? { url: "", timeoutSeconds: 5, onFailure: "fail" } : null })
          }
        />
        {webhook === null ? null : (
          <>
            <TextInput
              label="Address"
              placeholder="https://cmdb.example.com/assign"
              value={webhook.url}
              maxLength={500}
              required
              onChange={(event) => set({ webhook: { ...webhook, url: event.currentTarget.value.trim() } })}
            />
            <Select
              label="Time for the answer"
              data={["1", "2", "5", "10", "30"].map((value) => ({ value, label: `${value} s` }))}
              value={String(webhook.timeoutSeconds)}
              allowDeselect={false}
              onChange={(value) => set({ webhook: { ...webhook, timeoutSeconds: Number(value ?? 5) } })}
            />
            <Select
              label="When it fails"
              data={[
                { value: "fail", label: "The device waits and is tried again" },
                { value: "next", label: "Go on with the next rule" },
              ]}
              value={webhook.onFailure}
              allowDeselect={false}
              onChange={(value) => set({ webhook: { ...webhook, onFailure: value === "next" ? "next" : "fail" } })}
            />
            <Secret rule={draft} />
          </>
        )}
      </fieldset>
      <DialogButtons onClose={onClose}>
        <Button type="submit">Keep rule</Button>
      </DialogButtons>
    </form>
  );
}

const hints = {
  uuid: "4c4c4544-0042-3510-8053-b7c04f4a5931",
  mac: "00:1e:67:aa:bb:cc",
  serial: "PF*",
  subnet: "10.2.0.0/16",
  dnsSuffix: "branch.example.com",
  release: "16.1, >=15 or <12",
  fact: "desk-*",
} as const satisfies Readonly<Record<Condition["on"], string>>;

function ConditionFields(props: {
  readonly condition: Condition;
  readonly onChange: (to: Condition) => void;
  readonly onRemove: () => void;
}) {
  const { condition, onChange, onRemove } = props;
  const { on, fact, values } = condition;
  const title = conditionTitles[on];
  const [text, setText] = useState(values.join("\n"));
  const kinds = conditionKinds.map((value) => ({ value, label: conditionTitles[value] }));
  return (
    <div className="assignment-condition">
      <Select
        aria-label="What it looks at"
        data={kinds}
        value={on}
        allowDeselect={false}
        onChange={(value) => {
          const kind = conditionKinds.find((one) => one === value) ?? on;
          onChange({ on: kind, values, ...(kind === "fact" ? { fact: fact ?? "" } : {}) });
        }}
      />
      {on === "fact" ? (
        <TextInput
          aria-label="Which fact"
          placeholder="os.hostname"
          value={fact ?? ""}
          maxLength={64}
          required
          onChange={(event) => onChange({ ...condition, fact: event.currentTarget.value.trim() })}
        />
      ) : null}
      <Textarea
        aria-label={`${title}: one of these, a line each`}
        placeholder={hints[on]}
        autosize
        minRows={1}
        maxRows={6}
        value={text}
        required
        onChange={(event) => {
          setText(event.currentTarget.value);
          const lines = event.currentTarget.value.split(/[\n,]/).map((line) => line.trim());
          onChange({ ...condition, values: lines.filter((line) => line !== "") });
        }}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={`Remove the condition on ${title}`} onClick={onRemove}>
        <IconTrash size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

/** The secret goes to the server at once: it belongs to a rule that is stored. */
function Secret({ rule }: { readonly rule: DraftRule }) {
  const server = useServer();
  const cache = useQueryClient();
  const [value, setValue] = useState("");
  const set = useMutation({
    mutationFn: () => server.assignments.setSecret({ params: { id: rule.id ?? "" }, body: { value } }),
    onSuccess: async () => {
      setValue("");
      await cache.invalidateQueries({ queryKey: keys.assignmentRules });
    },
  });
  const isStored = rule.id !== undefined;
  const isSet = rule.hasSecret || set.isSuccess;
  return (
    <>
      <Group align="flex-end" wrap="nowrap">
        <PasswordInput
          className="grow"
          label="Secret that signs the question"
          description={
            isStored ? (isSet ? "Set; never shown" : "Not set: nobody is asked before it is") : "Store the rules first"
          }
          autoComplete="off"
          disabled={!isStored}
          maxLength={256}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button
          variant="default"
          loading={set.isPending}
          disabled={value.length < 16}
          title={value.length < 16 ? "16 characters or more" : undefined}
          onClick={() => set.mutate()}
        >
          Set secret
        </Button>
      </Group>
      {set.isError ? <Failure error={set.error} /> : null}
    </>
  );
}
