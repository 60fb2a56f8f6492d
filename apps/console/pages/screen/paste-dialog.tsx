import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { countOf } from "../../ages.ts";
import { keysOf } from "../../sessions/keysym-of.ts";
import type { ScreenSession } from "../../sessions/screen-session.ts";
import { inFront } from "./in-front.ts";

/** A text longer than this is no typing any more. Chosen, as in the client of the command line. */
const mostTyped = 4_096;

/** Types a text on the device, key by key: a firmware has no clipboard. */
export function PasteDialog({
  session,
  isOpen,
  onClose,
}: {
  readonly session: ScreenSession;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState("");
  const { keys, untypable } = keysOf(text);
  const problem =
    keys.length > mostTyped
      ? `At most ${countOf(mostTyped)} characters at once; these are ${countOf(keys.length)}`
      : untypable.length > 0
        ? `No key types character ${untypable.slice(0, 5).join(", ")}${untypable.length > 5 ? " and others" : ""}: only Latin letters have one`
        : undefined;
  const type = (): void => {
    session.input({ type: "type", keys });
    setText("");
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      returnFocus={false}
      title="Type a text on the device"
      portalProps={inFront()}
    >
      <Textarea
        label="Text"
        description="It is typed key by key, as if somebody sat there. A line end is the Enter key."
        data-autofocus
        autosize
        minRows={4}
        maxRows={12}
        value={text}
        error={problem}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={keys.length === 0 || problem !== undefined} onClick={type}>
          {keys.length === 0 ? "Type the text" : `Type ${countOf(keys.length)} keys`}
        </Button>
      </Group>
    </Modal>
  );
}
