import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";

interface DialogButtonsProps {
  readonly onClose: () => void;
  /** Where no layout keeps what stands above at a distance. */
  readonly mt?: "md";
  /** What the dialog is for. */
  readonly children: ReactNode;
}

/** The last line of a dialog: the way out that changes nothing, then what is asked. */
export function DialogButtons({ onClose, mt, children }: DialogButtonsProps) {
  return (
    <Group justify="flex-end" {...(mt === undefined ? {} : { mt })}>
      <Button variant="default" onClick={onClose}>
        Leave it
      </Button>
      {children}
    </Group>
  );
}
