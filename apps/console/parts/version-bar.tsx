import { Button, Group, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Failure } from "./failure.tsx";
import { useKeys } from "./keys.ts";

interface VersionBarProps {
  /** What is changed, before its standing. */
  readonly children?: ReactNode;
  /** Why it cannot be stored; undefined when it can. */
  readonly why: string | undefined;
  /** False: there is nothing that could be stored. */
  readonly isWhole: boolean;
  /** How it stands when it can. */
  readonly standing: string;
  readonly basedOn: number;
  readonly comment: string;
  readonly onComment: (comment: string) => void;
  readonly isPending: boolean;
  /** Why it was refused, where nothing else says so; null otherwise. */
  readonly error: unknown;
  readonly onDiscard: () => void;
  readonly onStore: () => void;
}

/** Changes that are not stored: why they were made, and the button that makes a version of them. */
export function VersionBar(props: VersionBarProps) {
  const { children, why, isWhole, standing, basedOn, comment, onComment, isPending, error, onDiscard, onStore } = props;
  const store = (): void => {
    if (isWhole && why === undefined && !isPending) onStore();
  };
  useKeys({ "mod+s": store }, "fields");
  return (
    <>
      {error === null ? null : <Failure error={error} />}
      <section className="action-bar" aria-label="Changes that are not stored">
        {children}
        <span className={why === undefined ? "dim" : "bad"} role="status">
          {why ?? standing}
        </span>
        <TextInput
          className="profile-note"
          aria-label="Comment"
          placeholder="Why: shown in the list of versions"
          value={comment}
          maxLength={500}
          onChange={({ currentTarget }) => onComment(currentTarget.value)}
        />
        <Group gap={6} wrap="nowrap">
          <Button variant="default" onClick={onDiscard}>
            Discard changes
          </Button>
          <Button
            onClick={store}
            loading={isPending}
            disabled={why !== undefined || !isWhole}
            title={why}
            aria-keyshortcuts="Control+S"
            rightSection={<kbd className="button-key">Ctrl S</kbd>}
          >
            Save version {basedOn + 1}
          </Button>
        </Group>
      </section>
    </>
  );
}
