import { Button, Group, Modal } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";

/** Asks before a draft is left behind. */
export function LeaveDialog({
  isDirty,
  discard,
  what,
}: {
  readonly isDirty: boolean;
  readonly discard: () => void;
  /** What is left: "this profile". */
  readonly what: string;
}) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  return (
    <Modal opened={blocker.status === "blocked"} onClose={() => blocker.reset?.()} title="Leave your changes behind?">
      <p className="question">They are not stored, and are gone when you leave {what}.</p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
          Keep editing
        </Button>
        <Button
          color="red"
          onClick={() => {
            discard();
            blocker.proceed?.();
          }}
        >
          Discard and leave
        </Button>
      </Group>
    </Modal>
  );
}
